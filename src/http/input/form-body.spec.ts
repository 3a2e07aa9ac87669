import { FormBody, isUtf8 } from './form-body.js';
import { BadRequest } from '../errors/http.errors.js';

const parse = (text: string): FormBody => FormBody.parse(Buffer.from(text));

describe('a form body', () => {
  it.each([
    ['a=b', 'b'],
    ['a=b+c%2Bd', 'b c+d'],
    ['a=b=c', 'b=c'],
    ['a=%F0%9F%94%91', '🔑'],
    ['%61=b', 'b'],
    ['&&a=b&', 'b'],
    ['x=y&a=b', 'b'],
    ['a[]=c&a=b', 'b'],
    ['\ufeffa=c&a=b', 'b'],
  ])('%j gives a = %j', (text, value) => {
    expect(parse(text).get('a')).toBe(value);
  });

  it.each([
    '',
    'a',
    'a=',
    '&',
    'b=a',
    'A=b',
    'a[]=b',
    'a.b=c',
    '+a=b',
    '%E1=b'.replace('%E1', 'á'),
  ])('%j gives no a', (text) => {
    expect(parse(text).get('a')).toBeUndefined();
  });

  it.each(['a=1&a=1', 'a&a', 'a=1&%61=2', 'a=%', 'a=%4', 'a=%gg', 'a=%ff', 'a=%00', '%00', '%'])(
    '%j is refused',
    (text) => {
      expect(() => parse(text)).toThrow(BadRequest);
    },
  );

  it('has no names but those that were sent', () => {
    expect(parse('a=b').get('__proto__')).toBeUndefined();
    expect(parse('__proto__=b').get('__proto__')).toBe('b');
    expect(FormBody.empty.get('constructor')).toBeUndefined();
  });
});

describe('the character set of a form', () => {
  const type = 'application/x-www-form-urlencoded';

  it.each(['', ';charset=utf-8', '; charset=UTF8', '; CHARSET="Utf-8"', '; a=b; charset=utf-8'])(
    'is UTF-8: %j',
    (parameters) => {
      expect(isUtf8(type + parameters)).toBe(true);
    },
  );

  it.each([
    '; charset=utf-16',
    ';charset=latin1',
    '; charset=',
    '; charset="utf-8 "',
    ';charset = x',
  ])('is another: %j', (parameters) => {
    expect(isUtf8(type + parameters)).toBe(false);
  });
});
