import { complaintAbout, isAcceptableUrl, mayConnect, reachOf } from './acceptable-url.js';

const NO_URL = 'is no http or https URL in ASCII';
const USERINFO = 'has a user or password';
const NOT_HTTPS = 'is not https';
const PORT = 'has a port other than 443 and 8443';
const ADDRESS = 'has an address that is not public';
const NAME = 'has a host name that is not public';

describe('S61, A34, A45: URLs that a tenant may give', () => {
  it.each([
    'https://keys.example.com',
    'https://keys.example.com/',
    'https://keys.example.com/.well-known/jwks.json?version=2#top',
    'HTTPS://KEYS.EXAMPLE.COM/jwks',
    'https://keys.example.com:443/jwks',
    'https://keys.example.com:8443/jwks',
    'https://keys.example.com/@team/jwks',
    'https://keys.example.com?next=//127.0.0.1@/',
    'https://xn--bcher-kva.example/jwks',
    'https://a_b.example.com/jwks',
    'https://8.8.8.8/jwks',
    'https://[2606:4700:4700::1111]/jwks',
    'https://127.0.0.1.example.com/jwks',
    'https://localhost.example.com/jwks',
  ])('takes %s', (url) => {
    expect(isAcceptableUrl(url, 'internet')).toBe(true);
  });

  it.each([
    ['', NO_URL],
    ['keys.example.com/jwks', NO_URL],
    ['//keys.example.com/jwks', NO_URL],
    ['/jwks', NO_URL],
    ['https:', NO_URL],
    ['https://', NO_URL],
    ['https:keys.example.com', NO_URL],
    ['https:/keys.example.com', NO_URL],
    ['https:///keys.example.com', NO_URL],
    ['https://?keys.example.com', NO_URL],
    ['https:\\\\keys.example.com', NO_URL],
    ['https://keys.example.com\\@127.0.0.1/', NO_URL],
    [' https://keys.example.com/', NO_URL],
    ['https://keys.example.com/a b', NO_URL],
    ['https://keys.example.com/\r\nHost: 127.0.0.1', NO_URL],
    ['ht\ttps://keys.example.com/', NO_URL],
    ['https://keys.exam\u00adple.com/', NO_URL],
    ['https://keys.example.com:99999/', NO_URL],
    ['https://256.1.1.1/', NO_URL],
    ['https://1.1.1.1.1/', NO_URL],
    ['https://[::1/', NO_URL],
    ['https://[fe80::1%25eth0]/', NO_URL],
    ['https://127。0。0。1/', NO_URL],
    ['https://①②⑦.0.0.1/', NO_URL],
    ['https://１２７.0.0.1/', NO_URL],
    ['file:///etc/passwd', NO_URL],
    ['ftp://keys.example.com/', NO_URL],
    ['gopher://127.0.0.1:6379/_INFO', NO_URL],
    ['data:application/json,{}', NO_URL],
    ['javascript:alert(1)', NO_URL],
    ['blob:https://keys.example.com/1', NO_URL],
    ['ws://keys.example.com/', NO_URL],
    [`https://keys.example.com/${'a'.repeat(2048)}`, 'is too long'],
  ])('does not take %j, which %s', (url, complaint) => {
    expect(complaintAbout(url, 'internet')).toBe(complaint);
    expect(complaintAbout(url, 'internet_and_loopback')).toBe(complaint);
  });

  it.each([
    ['https://user@keys.example.com/', USERINFO],
    ['https://user:password@keys.example.com/', USERINFO],
    ['https://@keys.example.com/', USERINFO],
    ['https://keys.example.com@127.0.0.1/', USERINFO],
    ['https://keys.example.com:443@127.0.0.1/', USERINFO],
    ['https://127.0.0.1@keys.example.com/', USERINFO],
    ['http://keys.example.com/', NOT_HTTPS],
    ['http://8.8.8.8/', NOT_HTTPS],
    ['https://keys.example.com:80/', PORT],
    ['https://keys.example.com:22/', PORT],
    ['https://keys.example.com:5432/', PORT],
    ['https://keys.example.com:6379/', PORT],
    ['https://keys.example.com:0/', PORT],
    ['https://keys.example.com:10443/', PORT],
    ['https://169.254.169.254/latest/meta-data/', ADDRESS],
    ['https://169.254.169.254:8443/', ADDRESS],
    ['https://0xa9fea9fe/', ADDRESS],
    ['https://2852039166/', ADDRESS],
    ['https://10.0.0.1/', ADDRESS],
    ['https://0/', ADDRESS],
    ['https://[::]/', ADDRESS],
    ['https://[fd00:ec2::254]/', ADDRESS],
    ['https://[::ffff:127.0.0.1]/', ADDRESS],
    ['https://[::ffff:7f00:1]/', ADDRESS],
    ['https://[::127.0.0.1]/', ADDRESS],
    ['https://[64:ff9b::127.0.0.1]/', ADDRESS],
    ['https://[2002:7f00:1::]/', ADDRESS],
    ['https://intranet/', NAME],
    ['https://metadata/', NAME],
    ['https://metadata.google.internal/', NAME],
    ['https://METADATA.GOOGLE.INTERNAL/', NAME],
    ['https://metadata.google.internal./', NAME],
    ['https://printer.local/', NAME],
    ['https://router.home.arpa/', NAME],
    ['https://keys.example.com./', NAME],
    ['https://keys..example.com/', NAME],
    ['https://.example.com/', NAME],
    ['https://-keys.example.com/', NAME],
    ["https://keys'.example.com/", NAME],
    [`https://${'a'.repeat(64)}.example.com/`, NAME],
    [`https://${'a.'.repeat(126)}example/`, NAME],
    ['https://localhost./', NAME],
    ['https://keys.localhost./', NAME],
  ])('does not take %j anywhere, which %s', (url, complaint) => {
    expect(complaintAbout(url, 'internet')).toBe(complaint);
    expect(complaintAbout(url, 'internet_and_loopback')).toBe(complaint);
  });

  it.each([
    ['https://127.0.0.1/', ADDRESS],
    ['https://127.255.255.254/', ADDRESS],
    ['https://127.1/', ADDRESS],
    ['https://127.0.0.1./', ADDRESS],
    ['https://0x7f.1/', ADDRESS],
    ['https://0x7f000001/', ADDRESS],
    ['https://2130706433/', ADDRESS],
    ['https://017700000001/', ADDRESS],
    ['https://0177.0.0.1/', ADDRESS],
    ['https://%31%32%37.0.0.1/', ADDRESS],
    ['https://[::1]/', ADDRESS],
    ['https://[0:0:0:0:0:0:0:1]/', ADDRESS],
    ['https://localhost/', NAME],
    ['https://LOCALHOST/', NAME],
    ['https://keys.localhost/', NAME],
    ['https://127.0.0.1:3000/', PORT],
    ['http://127.0.0.1:3000/', NOT_HTTPS],
    ['http://localhost:3000/', NOT_HTTPS],
    ['http://[::1]:3000/', NOT_HTTPS],
  ])('takes %j on a laptop alone, because it %s', (url, complaint) => {
    expect(complaintAbout(url, 'internet')).toBe(complaint);
    expect(isAcceptableUrl(url, 'internet')).toBe(false);
    expect(isAcceptableUrl(url, 'internet_and_loopback')).toBe(true);
  });

  it.each([
    ['https://keys.example.com', false, 'internet'],
    ['https://localhost:3000', false, 'internet'],
    ['http://keys.example.com', false, 'internet'],
    ['http://keys.example.com', true, 'internet'],
    ['http://10.0.0.1:3000', true, 'internet'],
    ['http://localhost:3000', true, 'internet'],
    ['http://localhost:3000', false, 'internet_and_loopback'],
    ['http://127.0.0.1:3000', false, 'internet_and_loopback'],
    ['http://[::1]:3000', false, 'internet_and_loopback'],
  ])('with the public URL %s, behind a TLS proxy %s: %s', (publicUrl, behindTlsProxy, reach) => {
    expect(reachOf({ publicUrl, config: { behindTlsProxy } })).toBe(reach);
  });
});

describe("an address of the operator's choice", () => {
  it.each([
    ['https://idp.internal/keys', null],
    ['https://10.1.2.3:8000/keys', null],
    ['http://127.0.0.1:9000/keys', null],
    ['http://localhost/keys', null],
    ['http://idp.internal/keys', 'is not https'],
    ['http://10.1.2.3/keys', 'is not https'],
    ['https://user:password@idp.internal/keys', 'has a user or password'],
    ['file:///etc/passwd', 'is no http or https URL in ASCII'],
  ])('%s', (url, complaint) => {
    expect(complaintAbout(url, 'operators_choice')).toBe(complaint);
  });

  it('may have any address, except that a name of this machine means this machine', () => {
    const idp = new URL('https://idp.internal/');
    expect(mayConnect(idp, ['10.1.2.3', '127.0.0.1'], 'operators_choice')).toBe(true);
    expect(mayConnect(new URL('http://localhost/'), ['10.1.2.3'], 'operators_choice')).toBe(false);
  });
});
