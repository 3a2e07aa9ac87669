import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { OTHER_CORE, parentOf, pin, SERVER_CORE } from './cores.mjs';
import { foundOrganization, post, startServer } from './server.mjs';

/** Rows of one statement. */
const CHUNK = 10_000;

/** Copies of a key with digests of their own; what a column may hold beside is the model's. */
const LOAD_KEYS = `
  INSERT INTO api_keys
  SELECT (jsonb_populate_record(model, jsonb_build_object(
           'id', loaded.id, 'digest', '\\x' || loaded.digest, 'key_prefix', loaded.prefix))).*
    FROM api_keys model,
         unnest($2::uuid[], $3::text[], $4::text[]) AS loaded (id, digest, prefix)
   WHERE model.id = $1`;

/** Keycap as `npm start` runs it, on the measured core, with its PostgreSQL on the other one. */
export class Keycap {
  /** @param isPinned whether it is to have a core of its own, where that can be asked for */
  static async start(variables = {}, { isPinned = true } = {}) {
    const caller = await resourceServer();
    const server = await startServer({
      KEYCAP_RESOURCE_SERVERS: JSON.stringify([caller.entry]),
      ...variables,
    });
    const client = new pg.Client({ connectionString: server.databaseUrl });
    // It ends with the server; whoever asks next is told by the answer.
    client.on('error', () => undefined);
    await client.connect();
    const keycap = new Keycap(server, client, caller.authorization);
    if (isPinned) await keycap.moveToCores();
    Object.assign(keycap, await foundOrganization(server));
    return keycap;
  }

  /** @param verifier `Authorization` of a resource server, which verifies keys of everybody */
  constructor(server, client, verifier) {
    this.server = server;
    this.client = client;
    this.verifier = verifier;
    this.url = server.url;
    this.pid = server.pid;
    this.databaseUrl = server.databaseUrl;
  }

  create(path, body) {
    const { authorization } = this;
    return post(`${this.url}${this.organizationPath}${path}`, { authorization }, body);
  }

  /** @returns `count` live keys of one organization, which the server has not seen yet */
  async keys(count) {
    const { KeyFormat } = await import('../../dist/src/api-keys/format/key-format.js');
    const { SecretHasher } = await import('../../dist/src/access/secrets/secret.js');
    const { decodeId, newId } = await import('../../dist/src/access/ids.js');
    const made = await this.create('/api-keys', { name: 'Bench', scopes: ['backups:read'] });
    const model = decodeId('apiKey', made.api_key.id);
    const format = new KeyFormat('capy');
    const hasher = new SecretHasher((await readFile(this.secretFile(), 'utf8')).trim());
    const keys = [];
    while (keys.length < count) {
      const generated = Array.from({ length: Math.min(CHUNK, count - keys.length) }, () =>
        format.generate('live'),
      );
      await this.client.query(LOAD_KEYS, [
        model,
        generated.map(() => newId()),
        generated.map(({ plaintext }) => hasher.digest('api key', plaintext).toString('hex')),
        generated.map(({ prefix }) => prefix),
      ]);
      for (const { plaintext } of generated) keys.push(plaintext);
    }
    await this.client.query('ANALYZE api_keys');
    return keys;
  }

  /** @returns `Authorization` of a new OAuth client */
  async oauthClient() {
    const made = await this.create('/oauth-clients', { name: 'Bench' });
    return `Basic ${made.basic_credential}`;
  }

  secretFile() {
    return join(this.server.dataDir, 'secret');
  }

  async postgres() {
    const { rows } = await this.client.query(
      `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
              current_setting('synchronous_commit') AS synchronous_commit`,
    );
    return rows[0];
  }

  /** Transactions of the database so far, those of this question included. */
  async transactions() {
    const { rows } = await this.client.query(
      `SELECT pg_stat_clear_snapshot(), xact_commit + xact_rollback AS count
         FROM pg_stat_database WHERE datname = current_database()`,
    );
    return Number(rows[0].count);
  }

  async stop() {
    await this.client.end();
    await this.server.stop();
  }

  /** PostgreSQL is the server's child and would share its core. */
  async moveToCores() {
    pin(this.pid, SERVER_CORE);
    const { rows } = await this.client.query('SELECT pg_backend_pid() AS pid');
    const postmaster = parentOf(rows[0].pid);
    pin(postmaster, OTHER_CORE);
  }
}

async function resourceServer() {
  const { randomBase62 } = await import('../../dist/src/access/secrets/secret.js');
  const token = `kcr_${randomBase62(43)}`;
  const sha256 = createHash('sha256').update(token).digest('hex');
  return { authorization: `Bearer ${token}`, entry: { name: 'bench', sha256 } };
}
