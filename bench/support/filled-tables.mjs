import { TokenTable } from './token-table.mjs';

/** Rows of one statement, so that progress can be seen. */
const CHUNK = 500_000;

/** Copies of one key, to whose digests nobody knows a text; what else a column may hold is left out. */
const FILL = `
  INSERT INTO api_keys (id, organization_id, created_by_user_id, name, digest, key_prefix, scopes,
                        source, environment, created_at)
  SELECT gen_random_uuid(), organization_id, created_by_user_id, name,
         sha256(uuid_send(gen_random_uuid())), 'capy_live_' || substr(md5(random()::text), 1, 4),
         scopes, source, environment, created_at
    FROM api_keys, generate_series(1, $2::integer)
   WHERE id = $1`;

/** Adds keys of the server's organization, past triggers and foreign keys, which hold all the same. */
export async function fillKeys({ client }, keyId, count, say) {
  await client.query("SET session_replication_role = 'replica'");
  for (let left = count; left > 0; left -= CHUNK) {
    await client.query(FILL, [keyId, Math.min(left, CHUNK)]);
    say(`${Math.min(count, count - left + CHUNK)} keys`);
  }
  await client.query('RESET session_replication_role');
}

/** Adds tokens like those that this client was issued, in the partition of the latest of them. */
export async function fillTokens({ databaseUrl }, clientId, count) {
  const table = await TokenTable.connect(databaseUrl);
  await table.load(clientId, await table.lastPeriodOf(clientId), count);
  await table.end();
}
