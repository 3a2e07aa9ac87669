import fc from 'fast-check';
import { parseBasicCredentials } from './basic-credentials.js';

const encoded = (text: string): string => Buffer.from(text).toString('base64');

describe('Basic credentials', () => {
  it.each([
    ['id:secret', 'id', 'secret'],
    ['id:se:cret', 'id', 'se:cret'],
    ['id:', 'id', ''],
    [':', '', ''],
    ['a%3Ab:c%25d', 'a:b', 'c%d'],
    ['a+b:c%2Bd', 'a b', 'c+d'],
    ['é:%C3%A9', 'é', 'é'],
  ])('%s are read (CA-02)', (pair, clientId, secret) => {
    expect(parseBasicCredentials(encoded(pair))).toEqual({ clientId, secret });
  });

  it.each([
    '',
    'id:secret',
    encoded('no colon'),
    encoded('id:%'),
    encoded('%zz:secret'),
    encoded('id:%ff'),
    `${encoded('id:secret1')}=`,
    // Without its padding.
    'aWQ6c2VjcmV0MQ',
    ` ${encoded('id:secret')}`,
    Buffer.from('id:\xff', 'latin1').toString('base64'),
    Buffer.from('id:>>>???').toString('base64url'),
  ])('%j are none (CA-11)', (text) => {
    expect(parseBasicCredentials(text)).toBeNull();
  });

  it('come back from every client that encodes as RFC 6749 says', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (clientId, secret) => {
        const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
        expect(parseBasicCredentials(encoded(pair))).toEqual({ clientId, secret });
      }),
    );
  });

  it('are never an error, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => parseBasicCredentials(text)).not.toThrow();
        expect(() => parseBasicCredentials(encoded(text))).not.toThrow();
      }),
    );
  });
});
