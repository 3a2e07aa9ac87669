import pg from 'pg';
import { decodeId } from '../../src/access/ids.js';
import { inDatabase } from '../support/keycap.js';

/**
 * Tables of the deployment rather than of a tenant. A new one has to be put here, or be owned. Every server
 * that starts takes checkpoints of all chains, also one of another test that shares the database.
 */
const OF_NOBODY: readonly string[] = [
  'audit_checkpoints',
  'audit_keys',
  'changes',
  'idempotency_records',
  'incarnations',
  'installation',
  'keycap_migrations',
  'leak_reports',
  'oauth_signing_keys',
  'outgoing_mails',
  'used_client_assertions',
];
/**
 * Written for the tenant after its answers: uses that were counted, and refusals, of which the events
 * themselves are left out below.
 */
const WRITTEN_LATE: readonly string[] = [
  'api_key_needed_scopes',
  'api_key_usage',
  'audit_chain_heads',
  'oauth_client_usage',
];
/** Reading changes these. */
const LAST_USES = ['last_used_at', 'last_used_ip', 'last_used_user_agent', 'last_seen_at'];
/** That somebody was refused is recorded, whatever he asked for. */
const REFUSALS = "to_jsonb(t) ->> 'action' LIKE '%.refused'";

/** By which column a table's rows belong to a tenant, best first. */
const OWNERS: readonly (readonly [column: string, condition: string])[] = [
  ['organization_id', 'organization_id = $2::uuid'],
  ['client_id', 'client_id IN (SELECT client_id FROM oauth_clients WHERE organization_id = $2)'],
  ['key_id', 'key_id IN (SELECT id FROM api_keys WHERE organization_id = $2)'],
  ['user_id', 'user_id IN (SELECT user_id FROM memberships WHERE organization_id = $2)'],
];
/** Those that are not named in a column of their own. */
const ROOTS: Readonly<Record<string, string>> = {
  organizations: 'id = $2::uuid',
  users: 'id IN (SELECT user_id FROM memberships WHERE organization_id = $2)',
};

/** Every row of a tenant as text, by table. */
export type TenantRows = Readonly<Record<string, readonly string[]>>;

/** @throws Error for a table of which nobody has said whose it is */
export function rowsOf(organizationId: string): Promise<TenantRows> {
  const tenant = decodeId('organization', organizationId);
  return read(
    ([table, columns]) => (OF_NOBODY.includes(table) ? null : conditionFor(table, columns)),
    tenant,
  );
}

/** Every row of a database that nobody else uses. */
export function allRows(databaseUrl: string): Promise<TenantRows> {
  return read(() => '$2::uuid IS NULL', null, databaseUrl);
}

/** @param conditionOf null for a table that is not looked at */
async function read(
  conditionOf: (table: readonly [string, ReadonlySet<string>]) => string | null,
  tenant: string | null,
  databaseUrl?: string,
): Promise<TenantRows> {
  const looked = [...(await tables(databaseUrl))].flatMap((table) => {
    const condition = WRITTEN_LATE.includes(table[0]) ? null : conditionOf(table);
    return condition === null ? [] : [[table[0], selectionOf(table[0], condition)] as const];
  });
  const entries = await Promise.all(
    looked.map(async ([table, selection]) => {
      const rows = await inDatabase<{ row: string }>(selection, [LAST_USES, tenant], databaseUrl);
      return [table, rows.map(({ row }) => row)] as const;
    }),
  );
  return Object.fromEntries(entries);
}

function conditionFor(table: string, columns: ReadonlySet<string>): string {
  const condition = ROOTS[table] ?? OWNERS.find(([column]) => columns.has(column))?.[1];
  if (condition === undefined) throw new Error(`nobody has said whose the rows of ${table} are`);
  return condition;
}

const selectionOf = (table: string, condition: string): string =>
  `SELECT (to_jsonb(t) - $1::text[])::text AS row
     FROM ${pg.escapeIdentifier(table)} t
    WHERE ${condition} AND (${REFUSALS}) IS NOT TRUE ORDER BY row`;

/** Every table with its columns; partitions are read with what they are parts of. */
async function tables(databaseUrl?: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = await inDatabase<{ table: string; columns: string[] }>(
    `
    SELECT c.relname AS "table", array_agg(a.attname::text) AS columns
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
       AND NOT c.relispartition AND NOT a.attisdropped
       AND c.relname !~ '^access_tokens_[0-9]+$'
     GROUP BY c.relname`,
    [],
    databaseUrl,
  );
  return new Map(found.map(({ table, columns }) => [table, new Set(columns)]));
}
