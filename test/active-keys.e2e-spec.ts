import 'reflect-metadata';
import { ApiKey } from '../src/api-keys/api-key.entity.js';
import { inDatabase } from './support/keycap.js';

const NOW = '2026-11-27T12:00:00.000Z';
const TIMES = [null, '2026-11-27T11:59:59.999Z', NOW, '2026-11-27T12:00:00.001Z'];
const ENDED = [null, '2026-11-01T00:00:00.000Z'];

const keyOf = (row: Readonly<Record<string, string | null>>): ApiKey => {
  const dateOf = (name: string): Date | null => (row[name] ? new Date(row[name]) : null);
  return Object.assign(new ApiKey(), {
    revokedAt: dateOf('revoked_at'),
    disabledAt: dateOf('disabled_at'),
    expiresAt: dateOf('expires_at'),
    mustBeUsedBy: dateOf('must_be_used_by'),
  });
};

it('a key is active in SQL exactly where it is to the server', async () => {
  const rows = ENDED.flatMap((revoked_at) =>
    ENDED.flatMap((disabled_at) =>
      TIMES.flatMap((expires_at) =>
        TIMES.map((must_be_used_by) => ({ revoked_at, disabled_at, expires_at, must_be_used_by })),
      ),
    ),
  );
  const inSql = await inDatabase<{ active: boolean }>(
    `SELECT keycap_key_is_active(k, $2) AS active
       FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS given (record, place),
            jsonb_populate_record(NULL::api_keys, record) AS k
      ORDER BY place`,
    [JSON.stringify(rows), NOW],
  );
  const verdicts = inSql.map(({ active }) => active);
  expect(verdicts).toEqual(rows.map((row) => keyOf(row).isActive(new Date(NOW))));
  // Never ending and not ended yet, by both of the times.
  expect(verdicts.filter(Boolean)).toHaveLength(4);
});

it('PostgreSQL looks through it, so that the indexes of the keys are used', async () => {
  const plan = await inDatabase<{ 'QUERY PLAN': string }>(
    `EXPLAIN (VERBOSE) SELECT id FROM api_keys k
      WHERE organization_id = gen_random_uuid() AND keycap_key_is_active(k, now())`,
  );
  const text = plan.map((line) => line['QUERY PLAN']).join('\n');
  expect(text).toContain('must_be_used_by');
  expect(text).not.toContain('keycap_key_is_active');
});
