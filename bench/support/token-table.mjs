import pg from 'pg';

/** Rows of one statement, so that progress can be seen. */
const CHUNK = 100_000;

/** Copies of one token with digests of their own, all in the period and the hour given. */
const LOAD = `
  INSERT INTO access_tokens
  SELECT $2::integer, sha256(uuid_send(gen_random_uuid())), client_id, secret_id, scopes, audience,
         organization_generation, client_generation, secret_generation,
         to_timestamp($2::integer * 3600.0) - interval '1 hour', to_timestamp($2::integer * 3600.0), NULL
    FROM (SELECT * FROM access_tokens WHERE client_id = $1 LIMIT 1) AS model,
         generate_series(1, $3::integer)`;

const SIZES = `
  SELECT relid::regclass::text AS partition, pg_total_relation_size(relid)::float8 AS bytes
    FROM pg_partition_tree('access_tokens') WHERE isleaf ORDER BY 1`;

const ROWS = `
  SELECT tableoid::regclass::text AS partition, count(*)::float8 AS rows
    FROM access_tokens GROUP BY 1`;

const DURABILITY = `
  SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
         current_setting('synchronous_commit') AS synchronous_commit,
         current_setting('full_page_writes') AS full_page_writes`;

/** The table of access tokens, as its database knows it. */
export class TokenTable {
  static async connect(databaseUrl) {
    const client = new pg.Client({ connectionString: databaseUrl });
    // It ends with the server; whoever asks next is told by the answer.
    client.on('error', () => undefined);
    await client.connect();
    return new TokenTable(client);
  }

  constructor(client) {
    this.client = client;
  }

  /** Adds rows like one that this client was issued, without asking the server for them. */
  async load(clientId, period, count) {
    for (let left = count; left > 0; left -= CHUNK) {
      await this.client.query(LOAD, [clientId, period, Math.min(left, CHUNK)]);
    }
  }

  attach(period) {
    return this.client.query('SELECT keycap_attach_token_partition($1)', [period]);
  }

  /** The latest period that this client's tokens expire in. */
  async lastPeriodOf(clientId) {
    const { rows } = await this.client.query(
      'SELECT max(period) AS period FROM access_tokens WHERE client_id = $1',
      [clientId],
    );
    return rows[0].period;
  }

  /** @returns the partitions that hold rows, how many are empty, and the sum of all; bytes */
  async sizes() {
    const { rows: counts } = await this.client.query(ROWS);
    const rowsOf = new Map(counts.map(({ partition, rows }) => [partition, rows]));
    const { rows: sizes } = await this.client.query(SIZES);
    const all = sizes.map((each) => ({ ...each, rows: rowsOf.get(each.partition) ?? 0 }));
    const sum = (member) => all.reduce((total, each) => total + each[member], 0);
    const partitions = all.filter(({ rows }) => rows > 0);
    return {
      partitions,
      empty: all.length - partitions.length,
      rows: sum('rows'),
      bytes: sum('bytes'),
    };
  }

  async durability() {
    const { rows } = await this.client.query(DURABILITY);
    return rows[0];
  }

  end() {
    return this.client.end();
  }
}
