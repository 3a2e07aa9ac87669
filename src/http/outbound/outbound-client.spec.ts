import { type TLSSocket } from 'node:tls';
import { selfSigned } from '../../../test/support/certificate.js';
import { divertSockets, type DivertedSockets } from '../../../test/support/diverted-sockets.js';
import { openDnsServer } from '../../../test/support/dns-server.js';
import { CANARY, complaintOf, LAPTOP, PRODUCTION } from '../../../test/support/outbound.js';
import { openSink, type Sink } from '../../../test/support/sink.js';
import { type ResolveHost, resolverOfDns } from './host-resolver.js';
import { OutboundClient, type OutboundOptions } from './outbound-client.js';

const HOST = 'keys.example.com';
const URL_OF_KEYS = `https://${HOST}/jwks?canary=${CANARY}`;
const PUBLIC = '93.184.215.14';
const PUBLIC_IPV6 = '2606:4700:4700::1111';
const NOT_ALLOWED = 'OutboundRefused: the host has an address that is not allowed';
/** For what must succeed however busy the machine is. */
const PATIENCE_MS = 60_000;

const identity = selfSigned(HOST);

/** A resolver that gives one list of addresses after the other, and how often it was asked. */
function answering(...lists: readonly (readonly string[])[]) {
  const names: string[] = [];
  const resolve: ResolveHost = async (name) => {
    names.push(name);
    return Promise.resolve(lists[names.length - 1] ?? []);
  };
  return { names, resolve };
}

describe('S61, A32, A34, A45, A47: outbound requests of a deployment', () => {
  let sink: Sink;
  let sockets: DivertedSockets;

  beforeEach(async () => {
    sink = await openSink((_request, response) => response.end('{"keys":[]}'), identity);
    sockets = divertSockets(sink.port);
  });

  afterEach(async () => {
    sockets.restore();
    await sink.close();
  });

  function clientWith(resolve: ResolveHost, more: Partial<OutboundOptions> = {}): OutboundClient {
    const options = { resolve, limitMs: PATIENCE_MS, ca: identity.cert, ...more };
    return new OutboundClient(PRODUCTION, options);
  }

  it('go to the address that the host was resolved to, and say little', async () => {
    const { resolve, names } = answering([PUBLIC]);
    expect(await clientWith(resolve).getJson(URL_OF_KEYS)).toEqual({ keys: [] });
    expect(names).toEqual([HOST]);
    expect(sockets.destinations).toEqual([`${PUBLIC}:443`]);
    const [request] = sink.requests;
    expect([request?.method, request?.url]).toEqual(['GET', `/jwks?canary=${CANARY}`]);
    expect(request?.headers).toEqual({
      host: HOST,
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'Keycap',
      connection: 'close',
    });
    expect((request?.socket as TLSSocket & { servername: string }).servername).toBe(HOST);
  });

  it('go to port 8443 as well', async () => {
    const { resolve } = answering([PUBLIC]);
    await clientWith(resolve).getJson(`https://${HOST}:8443/jwks`);
    expect(sockets.destinations).toEqual([`${PUBLIC}:8443`]);
  });

  it('go to at most one address of each family', async () => {
    const { resolve } = answering([PUBLIC_IPV6, PUBLIC, '93.184.215.15', '2606:4700:4700::1001']);
    await clientWith(resolve).getJson(URL_OF_KEYS);
    expect(sockets.destinations).toEqual([`${PUBLIC}:443`, `${PUBLIC_IPV6}:443`]);
  });

  it('share no connection', async () => {
    const { resolve } = answering([PUBLIC], [PUBLIC]);
    const client = clientWith(resolve);
    await client.getJson(URL_OF_KEYS);
    await client.getJson(URL_OF_KEYS);
    expect(sink.connections()).toBe(2);
  });

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.8.8.8',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '192.0.0.192',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2001::7f00:1',
    '2001:db8::1',
    '2002:7f00:1::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'localhost',
  ])('make no connection where the host is at %s', async (address) => {
    const { resolve } = answering([address]);
    expect(await complaintOf(clientWith(resolve).getJson(URL_OF_KEYS))).toBe(NOT_ALLOWED);
    expect(sink.connections()).toBe(0);
  });

  it.each([
    [PUBLIC, '169.254.169.254'],
    ['169.254.169.254', PUBLIC],
    [PUBLIC, PUBLIC_IPV6, '::1'],
    [PUBLIC, '::ffff:10.0.0.1'],
  ])('make no connection where one of the addresses is private: %s, %s', async (...addresses) => {
    const { resolve } = answering(addresses);
    expect(await complaintOf(clientWith(resolve).getJson(URL_OF_KEYS))).toBe(NOT_ALLOWED);
    expect(sink.connections()).toBe(0);
  });

  it('go where the first answer of a rebinding name server says, until it says loopback', async () => {
    const { resolve, names } = answering([PUBLIC], ['127.0.0.1'], [PUBLIC]);
    const client = clientWith(resolve);
    await client.getJson(URL_OF_KEYS);
    expect([names.length, sockets.destinations]).toEqual([1, [`${PUBLIC}:443`]]);
    expect(await complaintOf(client.getJson(URL_OF_KEYS))).toBe(NOT_ALLOWED);
    expect([names.length, sockets.destinations]).toEqual([2, [`${PUBLIC}:443`]]);
    expect(sink.connections()).toBe(1);
  });

  it('make no connection where DNS itself gives a public and a private address', async () => {
    const dns = await openDnsServer({
      A: ['5db8d70e'],
      AAAA: ['fd000ec2000000000000000000000254'],
    });
    const client = clientWith(resolverOfDns([dns.address]));
    expect(await complaintOf(client.getJson(URL_OF_KEYS))).toBe(NOT_ALLOWED);
    expect(sink.connections()).toBe(0);
    await dns.close();
  });

  it.each([
    ['http://keys.example.com/', 'is not https'],
    ['https://keys.example.com:6379/', 'has a port other than 443 and 8443'],
    [`https://user:${CANARY}@keys.example.com/`, 'has a user or password'],
    ['https://keys.example.com\\@127.0.0.1/', 'is no http or https URL in ASCII'],
    [`file:///etc/passwd?${CANARY}`, 'is no http or https URL in ASCII'],
    ['https://127。0。0。1/', 'is no http or https URL in ASCII'],
    ['https://0x7f.1/', 'has an address that is not public'],
    ['https://2130706433/', 'has an address that is not public'],
    ['https://017700000001/', 'has an address that is not public'],
    ['https://127.1/', 'has an address that is not public'],
    ['https://127.0.0.1./', 'has an address that is not public'],
    ['https://[::1]/', 'has an address that is not public'],
    ['https://[::ffff:127.0.0.1]/', 'has an address that is not public'],
    ['https://[::ffff:7f00:1]/', 'has an address that is not public'],
    ['https://169.254.169.254/latest/', 'has an address that is not public'],
    ['https://localhost/', 'has a host name that is not public'],
    ['https://keys.localhost/', 'has a host name that is not public'],
    ['https://LOCALHOST./', 'has a host name that is not public'],
    ['https://metadata.google.internal/', 'has a host name that is not public'],
  ])('neither resolve nor connect for %j', async (url, complaint) => {
    const { resolve, names } = answering([PUBLIC]);
    const outcome = await complaintOf(clientWith(resolve).getJson(url));
    expect(outcome).toBe(`OutboundRefused: the URL ${complaint}`);
    expect([names, sink.connections()]).toEqual([[], 0]);
  });

  it('follow no redirect to the metadata of a cloud', async () => {
    const redirecting = await openSink((_request, response) => {
      const location = `https://169.254.169.254/?${CANARY}`;
      response.writeHead(302, { location }).end('{"keys":[]}');
    }, identity);
    sockets.restore();
    sockets = divertSockets(redirecting.port);
    const { resolve, names } = answering([PUBLIC], [PUBLIC]);
    expect(await complaintOf(clientWith(resolve).getJson(URL_OF_KEYS))).toBe(
      'OutboundFailed: the answer has status 302',
    );
    expect([names, sockets.destinations]).toEqual([[HOST], [`${PUBLIC}:443`]]);
    await redirecting.close();
  });

  it('send nothing to a server without a certificate of the host', async () => {
    const { resolve } = answering([PUBLIC], [PUBLIC]);
    expect(await complaintOf(clientWith(resolve, { ca: undefined }).getJson(URL_OF_KEYS))).toBe(
      'OutboundFailed: there was no whole answer (DEPTH_ZERO_SELF_SIGNED_CERT)',
    );
    expect(await complaintOf(clientWith(resolve).getJson('https://other.example.com/'))).toBe(
      'OutboundFailed: there was no whole answer (ERR_TLS_CERT_ALTNAME_INVALID)',
    );
    expect([sink.connections(), sink.requests]).toEqual([2, []]);
  });

  it('fail where the host has no address', async () => {
    const { resolve } = answering([]);
    expect(await complaintOf(clientWith(resolve).getJson(URL_OF_KEYS))).toBe(
      'OutboundFailed: the host has no address',
    );
  });

  it('fail where DNS does not answer in time, which is 3 s unless a test says so', async () => {
    const dns = await openDnsServer(null);
    const client = new OutboundClient(PRODUCTION, { resolve: resolverOfDns([dns.address]) });
    expect(await complaintOf(client.getJson(URL_OF_KEYS))).toBe(
      'OutboundFailed: there was no whole answer within 3000 ms',
    );
    expect(sink.connections()).toBe(0);
    await dns.close();
  });
});

describe('S61: outbound requests of a laptop', () => {
  let sink: Sink;

  beforeEach(async () => {
    sink = await openSink((_request, response) => response.end('{"keys":[]}'));
  });

  afterEach(async () => sink.close());

  const clientWith = (resolve?: ResolveHost): OutboundClient =>
    new OutboundClient(LAPTOP, { limitMs: PATIENCE_MS, ...(resolve ? { resolve } : {}) });

  it.each(['127.0.0.1', '0x7f.1', 'localhost', 'keys.localhost'])(
    'reach it as %s',
    async (host) => {
      const url = `http://${host}:${sink.port}/jwks`;
      expect(await clientWith().getJson(url)).toEqual({ keys: [] });
    },
  );

  it.each([['10.0.0.1'], ['169.254.169.254'], ['127.0.0.1', '192.168.1.1'], [PUBLIC], ['::']])(
    'reach nothing else by a name of the laptop: %s',
    async (...addresses) => {
      const { resolve } = answering(addresses);
      const url = `http://keys.localhost:${sink.port}/`;
      expect(await complaintOf(clientWith(resolve).getJson(url))).toBe(NOT_ALLOWED);
      expect(sink.connections()).toBe(0);
    },
  );

  it.each(['127.0.0.1', '::1', '10.0.0.1'])(
    'do not go to %s by a name of the Internet',
    async (address) => {
      const { resolve } = answering([address]);
      expect(await complaintOf(clientWith(resolve).getJson(URL_OF_KEYS))).toBe(NOT_ALLOWED);
    },
  );

  it('are those of a deployment once a TLS proxy is in front of it', async () => {
    const client = new OutboundClient({ ...LAPTOP, config: { behindTlsProxy: true } });
    expect(await complaintOf(client.getJson(`http://127.0.0.1:${sink.port}/`))).toBe(
      'OutboundRefused: the URL is not https',
    );
    expect(sink.connections()).toBe(0);
  });
});
