import { ClientAddresses } from './client-address.js';

const PROXY = '10.0.0.1';
const CLIENT = '203.0.113.7';
const addresses = new ClientAddresses(['10.0.0.0/8', '2001:db8:1::/48']);

const byForwardedFor = (value: string, peer = PROXY): string =>
  addresses.of(peer, { 'x-forwarded-for': value });
const byForwarded = (forwarded: string, peer = PROXY): string => addresses.of(peer, { forwarded });

describe('S49: the address of a client', () => {
  it('is the peer where no proxy is trusted', () => {
    const trustingNobody = new ClientAddresses([]);
    const headers = { 'x-forwarded-for': CLIENT, forwarded: `for=${CLIENT}`, 'x-real-ip': CLIENT };
    expect(trustingNobody.of(PROXY, headers)).toBe(PROXY);
  });

  it('is the peer where the peer is no trusted proxy', () => {
    expect(byForwardedFor('10.1.1.1', '198.51.100.2')).toBe('198.51.100.2');
    expect(byForwarded('for=10.1.1.1', '198.51.100.2')).toBe('198.51.100.2');
  });

  it('is what the last trusted proxy saw, whatever stands before it', () => {
    expect(byForwardedFor(CLIENT)).toBe(CLIENT);
    expect(byForwardedFor(`6.6.6.6, ${CLIENT}, 10.0.0.2`)).toBe(CLIENT);
    expect(byForwardedFor(`not-an-address, ${CLIENT}`)).toBe(CLIENT);
    expect(byForwarded(`for=6.6.6.6, for=${CLIENT};proto=https, for=10.0.0.2;by=10.0.0.1`)).toBe(
      CLIENT,
    );
  });

  it('is the outermost proxy where all of them are trusted', () => {
    expect(byForwardedFor('10.0.0.3, 10.0.0.2')).toBe('10.0.0.3');
  });

  it('is found in every form in which a proxy writes an address', () => {
    expect(byForwardedFor(`${CLIENT}:4711`)).toBe(CLIENT);
    expect(byForwardedFor('[2001:db8::7]:4711')).toBe('2001:db8::7');
    expect(byForwardedFor('2001:db8::7')).toBe('2001:db8::7');
    expect(byForwardedFor('::ffff:203.0.113.7')).toBe(CLIENT);
    expect(byForwarded('for="[2001:db8::7]:4711"')).toBe('2001:db8::7');
    expect(byForwarded('For = x')).toBe(PROXY);
    expect(byForwarded(String.raw`proto=http;FOR="203.0.113\.7"`)).toBe(CLIENT);
    expect(addresses.of('::ffff:10.0.0.1', { 'x-forwarded-for': CLIENT })).toBe(CLIENT);
    expect(byForwardedFor(CLIENT, '2001:db8:1::5')).toBe(CLIENT);
    expect(byForwardedFor(CLIENT, '::ffff:a00:1')).toBe(CLIENT);
  });

  it.each([
    'garbage',
    '',
    '203.0.113.7 evil',
    '203.0.113.999',
    'fe80::1%eth0',
    '[203.0.113.7]',
    '2001:db8::7:99999:1:2:3:4:5',
    '203.0.113.7\u001b[31m',
    '<script>',
  ])('is the peer where the proxy wrote %j', (value) => {
    expect(byForwardedFor(value)).toBe(PROXY);
  });

  it.each([
    'for=unknown',
    'for=_hidden',
    'proto=https',
    'for',
    `for="${CLIENT}`,
    `for=${CLIENT} x`,
    `for=${CLIENT};;`,
    'for=[2001:db8::7]',
  ])('is the peer where the proxy wrote Forwarded: %s', (value) => {
    expect(byForwarded(value)).toBe(PROXY);
  });

  it('is refused where two headers name different clients', () => {
    const both = { 'x-forwarded-for': CLIENT, forwarded: 'for=6.6.6.6' };
    expect(() => addresses.of(PROXY, both)).toThrow(
      'X-Forwarded-For and Forwarded name different clients',
    );
    expect(addresses.of(PROXY, { ...both, forwarded: `for=${CLIENT}` })).toBe(CLIENT);
    expect(addresses.of('198.51.100.2', both)).toBe('198.51.100.2');
  });
});
