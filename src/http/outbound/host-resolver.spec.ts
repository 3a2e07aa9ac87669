import { type DnsServer, openDnsServer, type Records } from '../../../test/support/dns-server.js';
import { until } from '../../../test/support/until.js';
import { resolverOfDns } from './host-resolver.js';

const IPV4 = '5db8d70e';
const OTHER_IPV4 = '0a000001';
const IPV6 = '20010db8000000000000000000000001';

async function withServer<T>(records: Records | null, use: (dns: DnsServer) => Promise<T>) {
  const dns = await openDnsServer(records);
  try {
    return await use(dns);
  } finally {
    await dns.close();
  }
}

/** What a server with these records makes of a name. */
async function resolved(records: Records, name = 'keys.example.com'): Promise<readonly string[]> {
  return withServer(records, (dns) =>
    resolverOfDns([dns.address])(name, new AbortController().signal),
  );
}

describe('S61: the addresses of a host name', () => {
  it('are all of both families, whatever kind they are', async () => {
    expect(await resolved({ A: [IPV4, OTHER_IPV4], AAAA: [IPV6] })).toEqual([
      '93.184.215.14',
      '10.0.0.1',
      '2001:db8::1',
    ]);
  });

  it('may be of one family, or none', async () => {
    expect(await resolved({ A: [IPV4] })).toEqual(['93.184.215.14']);
    expect(await resolved({ AAAA: [IPV6] })).toEqual(['2001:db8::1']);
    expect(await resolved({})).toEqual([]);
  });

  it('come from one question for each family', async () => {
    await withServer({ A: [IPV4] }, async (dns) => {
      await resolverOfDns([dns.address])('keys.example.com', new AbortController().signal);
      expect(dns.questions()).toBe(2);
    });
  });

  it('are loopback for localhost and below, and DNS is not asked', async () => {
    await withServer({ A: [OTHER_IPV4] }, async (dns) => {
      const resolve = resolverOfDns([dns.address]);
      const { signal } = new AbortController();
      expect(await resolve('localhost', signal)).toEqual(['127.0.0.1', '::1']);
      expect(await resolve('keys.localhost', signal)).toEqual(['127.0.0.1', '::1']);
      expect(dns.questions()).toBe(0);
    });
  });

  it('are no longer asked for once the signal aborts', async () => {
    await withServer(null, async (dns) => {
      const patience = new AbortController();
      const addresses = resolverOfDns([dns.address])('keys.example.com', patience.signal);
      await until('a question', () => dns.questions() > 0);
      patience.abort();
      expect(await addresses).toEqual([]);
    });
  });
});
