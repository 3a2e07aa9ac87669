import { Sealer } from '../../src/access/secrets/sealing.js';
import { SecretHasher } from '../../src/access/secrets/secret.js';
import type { VerificationBody } from '../../src/audit/audit.dto.js';
import { ChainSeals } from '../../src/audit/chain/chain-seals.js';
import { decodeId } from '../../src/access/ids.js';
import { ask, type CallOptions, inDatabase } from './keycap.js';
import { testVariable } from './servers.js';

/** The UUID of an organization, which is the name of its chain. */
export function chainOf(organizationId: string): string {
  return decodeId('organization', organizationId)!;
}

/** What the verification of an organization's chain says. */
export function verificationOf(
  path: string,
  { checkpoint, ...options }: CallOptions & { readonly checkpoint?: string },
): Promise<VerificationBody> {
  const query = checkpoint === undefined ? '' : `?checkpoint=${checkpoint}`;
  return ask<VerificationBody>('GET', `${path}/audit-events/verify${query}`, options);
}

/** The keys of a database's chains, as a server that has the master secret knows them. */
export async function sealsOf(databaseUrl: string): Promise<ChainSeals> {
  const sealer = new Sealer(new SecretHasher(testVariable('KEYCAP_TEST_SECRET')));
  const rows = await inDatabase<{ id: number; sealed: Buffer }>(
    'SELECT id, sealed FROM audit_keys ORDER BY id DESC',
    [],
    databaseUrl,
  );
  const keys = rows.map(({ id, sealed }) =>
    sealer.open('audit checkpoint', `audit key ${id}`, sealed)!,
  );
  return new ChainSeals(keys.map((key) => Buffer.from(key, 'base64url')));
}

/** Everything that the database has of a chain, to be brought back. */
export async function chainRows(chain: string): Promise<unknown[]> {
  const [row] = await inDatabase<{ rows: unknown[] }>(
    'SELECT jsonb_agg(event ORDER BY sequence) AS rows FROM audit_events event WHERE chain = $1',
    [chain],
  );
  return row!.rows;
}

export async function bringBack(rows: readonly unknown[]): Promise<void> {
  await inDatabase(
    `WITH kept AS (SELECT * FROM jsonb_populate_recordset(NULL::audit_events, $1)),
          gone AS (DELETE FROM audit_events WHERE id IN (SELECT id FROM kept)
                      OR organization_id IN (SELECT chain FROM kept) RETURNING id)
     SELECT count(*) FROM gone`,
    [JSON.stringify(rows)],
  );
  await inDatabase(
    'INSERT INTO audit_events SELECT * FROM jsonb_populate_recordset(NULL::audit_events, $1)',
    [JSON.stringify(rows)],
  );
}
