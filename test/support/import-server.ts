import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ForeignKey, ImportedRow } from './imports.js';
import { foreignKey, newPrefix } from './imports.js';
import { call, newAddress, randomText } from './keycap.js';
import { type OwnServer, startOwnServer } from './own-server.js';
import { until } from './until.js';

const TRIED = 'an imported hash was tried';
const load = (name: string): string => `--import=${join(import.meta.dirname, name)}`;

/** Keys of other systems on a server of a test's own, which tells what they cost. */
export class ImportServer {
  private constructor(
    readonly own: OwnServer,
    /** The token of a resource server. */
    readonly host: string,
  ) {}

  /** @param limits how many wrong hashes are tried in a minute */
  static async start(limits: { perAddress: number; perPrefix: number }): Promise<ImportServer> {
    const host = `kcr_${`${randomText()}${randomText()}${randomText()}`.slice(0, 43)}`;
    const own = await startOwnServer({
      env: {
        NODE_OPTIONS: `${load('count-hashes.mjs')} ${load('hold-hashes.mjs')}`,
        KEYCAP_LIMIT_IMPORTED_KEY_HASHES_PER_ADDRESS: String(limits.perAddress),
        KEYCAP_LIMIT_IMPORTED_KEY_HASHES_PER_PREFIX: String(limits.perPrefix),
        KEYCAP_RESOURCE_SERVERS: JSON.stringify([
          { name: 'host', sha256: createHash('sha256').update(host).digest('hex') },
        ]),
      },
    });
    return new ImportServer(own, host);
  }

  /** How many hashes the work has cost. */
  async costOf(work: () => Promise<unknown>): Promise<number> {
    const before = await this.tried();
    await work();
    return (await this.tried()) - before;
  }

  /** How many hashes were tried so far: whatever was is in the log before a request that came later. */
  private async tried(): Promise<number> {
    const { log } = this.own.server;
    const { headers } = await this.own.call('GET', '/v1/me');
    const id = headers.get('x-request-id')!;
    await until('the log has the request', () => log().includes(id));
    return log().split(TRIED).length - 1;
  }

  /** @param path of the organization; the server's first one unless told otherwise */
  async importRows(rows: readonly ImportedRow[], path = this.own.path): Promise<void> {
    const { body } = await this.own.call<{ results: { status: string }[] }>(
      'POST',
      `${path}/api-keys/import`,
      { body: { keys: rows } },
    );
    expect(body.results.map(({ status }) => status)).toEqual(rows.map(() => 'imported'));
  }

  /** Keys with a bcrypt hash and the same prefix, imported. */
  async slowKeys(
    count: number,
    { prefix = newPrefix(), path = this.own.path } = {},
  ): Promise<{ prefix: string; keys: ForeignKey[] }> {
    const keys = Array.from({ length: count }, () => foreignKey('bcrypt', { prefix }));
    await this.importRows(
      keys.map(({ row }) => row),
      path,
    );
    return { prefix, keys };
  }

  /** A further organization. @returns its path */
  async newOrganization(): Promise<string> {
    const { body } = await this.own.call<{ organization: { id: string } }>(
      'POST',
      '/v1/organizations',
      { body: { name: `Further ${randomText()}` } },
    );
    return `/v1/organizations/${body.organization.id}`;
  }

  /** So many further organizations, each with a slow key of this prefix. */
  async strangersWith(prefix: string, count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      await this.slowKeys(1, { prefix, path: await this.newOrganization() });
    }
  }

  /** The status that a key gets at Keycap's own API. */
  async statusOf(plaintext: string, from = newAddress(), url = this.own.url): Promise<number> {
    return (await call('GET', '/v1/me', { as: plaintext, from, url })).status;
  }

  /** Lets the hashes wait, or go on. */
  async signal(state: 'hashes are held' | 'hashes go on'): Promise<void> {
    const { pid, log } = this.own.server;
    const count = (): number => log().split(state).length;
    const before = count();
    process.kill(pid, 'SIGUSR2');
    await until(state, () => count() > before);
  }
}
