import { type Repository } from 'typeorm';
import { Lease } from '../../changes/lease.js';
import { LookUpCache } from '../../changes/look-up-cache.js';
import { RecentChanges } from '../../changes/recent-changes.js';
import { heapUsed } from '../../../test/support/heap.js';
import { type OAuthClient } from '../clients/oauth-client.entity.js';
import { ClientDirectory } from './client-directory.js';

const MIB = 1024 * 1024;
/** As large as a body may be. */
const BODY = 100 * 1024;
const REQUESTS = 1000;

/** A directory of a deployment without clients, and what its database was asked for. */
function directory() {
  const lease = new Lease({ monotonic: () => 0, wall: () => 0 });
  lease.renew(lease.moment());
  const cache = new LookUpCache(
    { lease, changes: new RecentChanges() },
    { config: { cacheMb: 1 } },
    { mayAnswer: false, tryRead: () => Promise.resolve(null) },
  );
  const asked: unknown[] = [];
  const query = (_: string, [name]: unknown[]): Promise<[]> => {
    asked.push(name);
    return Promise.resolve([]);
  };
  const repository = { query } as unknown as Repository<OAuthClient>;
  return { cache, asked, clients: new ClientDirectory(repository, cache) };
}

describe('clients that nobody knows', () => {
  it('do not keep the requests in memory that named them', async () => {
    const { clients, cache } = directory();
    const before = heapUsed();
    for (let request = 0; request < REQUESTS; request++) {
      const name = `${request}`.padStart(40, 'x');
      const body = Buffer.alloc(BODY, `client_id=${name}&`).toString('latin1');
      expect(await clients.find(body.slice(10, 50))).toBeNull();
    }
    expect(cache.size.entries).toBe(REQUESTS);
    expect(heapUsed() - before).toBeLessThan((REQUESTS * BODY) / 10);
  });

  it('are one where they are called as no client can be, so that none of it is kept or asked for', async () => {
    const { clients, cache, asked } = directory();
    const impossible = [
      '',
      'x',
      'x'.repeat(39),
      'x'.repeat(41),
      'x'.repeat(MIB),
      `${'x'.repeat(39)}-`,
    ];
    for (const each of impossible) expect(await clients.find(each)).toBeNull();
    expect(asked).toEqual(['']);
    expect(cache.size.entries).toBe(1);
  });
});
