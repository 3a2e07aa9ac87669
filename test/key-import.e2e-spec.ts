import { createKey, inDays, readKey } from './support/api-keys.js';
import type { ForeignKey, ImportedRow } from './support/imports.js';
import {
  foreignKey,
  importedKey,
  importKeys,
  newPrefix,
  tryToImport,
  verdictOn,
} from './support/imports.js';
import { ask, call, inDatabase, newOrganization, type TestOrganization } from './support/keycap.js';
import { ageSignIn, eventsOf, outcomeOf, setPolicy } from './support/organizations.js';

/** Of each row its code, or its status where it has none. */
async function outcomesOf(
  organization: TestOrganization,
  rows: readonly unknown[],
  more: { as?: string; dry_run?: unknown } = {},
): Promise<string[]> {
  const { body } = await tryToImport(organization, rows, more);
  return body.results.map(({ code, status }) => code ?? status);
}

async function countKeys({ path, owner }: TestOrganization): Promise<number> {
  const { body } = await call<{ api_keys: unknown[] }>('GET', `${path}/api-keys`, {
    as: owner.session,
  });
  return body.api_keys.length;
}

const row = (more: Partial<ImportedRow> = {}): ImportedRow => foreignKey(undefined, more).row;

describe('an import', () => {
  it('answers each row for itself, in order', async () => {
    const organization = await newOrganization();
    const project = await organization.project();
    const fine = row({ name: 'Fine', project_id: project, expires_at: inDays(9) });
    const rows = [
      fine,
      { ...row(), hash: 'no hash' },
      row({ algorithm: 'md5' }),
      { ...row(), key_prefix: 'capy_live_x1Y2' },
      { ...row(), key_prefix: 'abc' },
      row({ scopes: ['backups:sing'] }),
      row({ scopes: [] }),
      row({ expires_at: '2001-01-01T00:00:00Z' }),
      row({ project_id: 'prj_01kaw2hxk5f0c9xd2zp7r3m8qe' }),
      row({ project_id: project, scopes: ['members:write'] }),
      { ...row(), colour: 'red' },
      { ...fine, name: 'Again' },
      'text',
      null,
      row({ name: 'Last' }),
    ];
    const { status, body } = await tryToImport(organization, rows);
    expect(status).toBe(200);
    expect(body.results.map(({ name, code, status: is }) => [name, code ?? is])).toEqual([
      ['Fine', 'imported'],
      ['Acme', 'hash_not_supported'],
      ['Acme', 'hash_not_supported'],
      ['Acme', 'prefix_not_allowed'],
      ['Acme', 'validation_error'],
      ['Acme', 'invalid_scope'],
      ['Acme', 'validation_error'],
      ['Acme', 'expires_in_past'],
      ['Acme', 'project_not_found'],
      ['Acme', 'scope_not_allowed_for_project_key'],
      ['Acme', 'validation_error'],
      ['Again', 'already_imported'],
      [null, 'validation_error'],
      [null, 'validation_error'],
      ['Last', 'imported'],
    ]);
    const [first, second] = body.results;
    expect(first).toEqual({
      name: 'Fine',
      status: 'imported',
      error: null,
      code: null,
      api_key: {
        id: expect.stringMatching(/^key_/),
        name: 'Fine',
        key_prefix: fine.key_prefix,
        organization_id: organization.id,
        project_id: project,
        scopes: ['credentials:read'],
        source: 'import',
        environment: 'live',
        is_active: true,
        created_by_user_id: organization.owner.id,
        created_at: expect.stringMatching(/Z$/),
        expires_at: fine.expires_at,
        revoked_at: null,
        last_used_at: null,
        device_name: null,
        ip_allowlist: null,
        rate_limit: null,
        metadata: {},
        rotated_from_id: null,
        replaced_by_id: null,
      },
    });
    expect(second).toEqual({
      name: 'Acme',
      status: 'error',
      api_key: null,
      error: 'the hash is not supported: sha256 is 32 bytes in hexadecimal or base64url',
      code: 'hash_not_supported',
    });
    expect(await countKeys(organization)).toBe(2);
    expect(await readKey(organization, first!.api_key!.id)).toEqual(first!.api_key);
  });

  it('is recorded key by key', async () => {
    const organization = await newOrganization();
    const { key } = await importedKey(organization, 'bcrypt');
    const [event, ...others] = await eventsOf(organization, 'api_key.imported');
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      actor_id: organization.owner.id,
      target_id: key.id,
      metadata: {
        name: 'Acme',
        key_prefix: key.key_prefix,
        scopes: ['credentials:read'],
        project_id: null,
        expires_at: null,
        algorithm: 'bcrypt',
      },
    });
    expect(await eventsOf(organization, 'api_key.created')).toEqual([]);
  });

  it('takes 1,000 rows, larger together than other bodies may be', async () => {
    const organization = await newOrganization();
    const prefix = newPrefix();
    const rows = Array.from({ length: 1000 }, () => row({ prefix } as Partial<ImportedRow>));
    const { body } = await tryToImport(organization, rows);
    expect(new Set(body.results.map(({ status }) => status))).toEqual(new Set(['imported']));
    expect(await eventsOf(organization, 'api_key.imported&limit=500')).toHaveLength(500);
  });

  it.each<[string, unknown, string?]>([
    ['no rows', []],
    // No request has so many of anything.
    ['1,001 rows', Array.from({ length: 1001 }, () => ({})), 'malformed_json'],
    ['no list', 'sha256'],
    ['nothing', undefined],
  ])('refuses %s as a whole', async (_, rows, code = 'validation_error') => {
    const organization = await newOrganization();
    expect(outcomeOf(await tryToImport(organization, rows))).toBe(`400 ${code}`);
  });

  it('refuses a body beyond 1 MiB', async () => {
    const organization = await newOrganization();
    const wide = { ...row(), hash: 'x'.repeat(1024 * 1024) };
    expect(outcomeOf(await tryToImport(organization, [wide]))).toBe('413 payload_too_large');
    const fits = { ...row(), hash: 'x'.repeat(900 * 1024) };
    expect(await outcomesOf(organization, [fits])).toEqual(['hash_not_supported']);
  });

  it('judges as much in a dry run, and writes nothing', async () => {
    const organization = await newOrganization();
    await setPolicy(organization, {
      max_active_keys: { mode: 'enforced', value: 2 },
      require_key_expiry: { mode: 'report_only' },
    });
    const [first, second, third] = [row(), row(), row()];
    const rows = [first, { ...first }, second, third, { ...row(), hash: '' }];
    const outcomes = [
      'valid',
      'already_imported',
      'valid',
      'policy_violation',
      'hash_not_supported',
    ];
    const { body } = await tryToImport(organization, rows, { dry_run: true });
    expect(body.results.map(({ code, status }) => code ?? status)).toEqual(outcomes);
    expect(body.results.map(({ api_key }) => api_key)).toEqual(Array(5).fill(null));
    expect(await countKeys(organization)).toBe(0);
    expect(await eventsOf(organization, 'api_key.imported')).toEqual([]);
    expect(
      await inDatabase(
        `SELECT 1 FROM imported_prefixes p JOIN organizations o ON o.id = p.organization_id
          WHERE o.slug = $1`,
        [organization.slug],
      ),
    ).toEqual([]);
    const written = outcomes.map((each) => (each === 'valid' ? 'imported' : each));
    expect(await outcomesOf(organization, rows)).toEqual(written);
    expect(await outcomesOf(organization, [first], { dry_run: true })).toEqual([
      'already_imported',
    ]);
    expect(await eventsOf(organization, 'policy.would_block')).toMatchObject([
      { metadata: { reason: 'require_key_expiry' } },
    ]);
  });

  it('gets the first answer again by its idempotency key', async () => {
    const organization = await newOrganization();
    const headers = { 'idempotency-key': newPrefix() };
    const again = () =>
      call('POST', `${organization.path}/api-keys/import`, {
        as: organization.owner.session,
        body: { keys: [keyRow] },
        headers,
      });
    const keyRow = row();
    const first = await again();
    expect(first.status).toBe(200);
    expect((await again()).body).toEqual(first.body);
    expect(await countKeys(organization)).toBe(1);
  });
});

describe('what binds an import', () => {
  it('S31: nobody takes a key over that may more than he', async () => {
    const organization = await newOrganization();
    const { session } = await organization.member('admin');
    const rows = [row({ scopes: ['*'] }), row({ scopes: ['organizations:write'] }), row()];
    const made = await Promise.all(
      rows.map(({ scopes }) =>
        call('POST', `${organization.path}/api-keys`, { as: session, body: { name: 'X', scopes } }),
      ),
    );
    const alike = made.map((answer) =>
      answer.status === 201 ? 'imported' : (answer.body as { code: string }).code,
    );
    expect(await outcomesOf(organization, rows, { as: session })).toEqual(alike);
  });

  it.each<[string, unknown, Partial<ImportedRow>, Partial<ImportedRow>]>([
    ['max_key_lifetime_days', 30, { expires_at: inDays(29) }, { expires_at: inDays(31) }],
    ['require_key_expiry', true, { expires_at: inDays(4000) }, {}],
    ['allowed_scopes', ['backups:read'], { scopes: ['backups:read'] }, {}],
  ])('is the policy %s, row by row', async (name, value, within, against) => {
    const organization = await newOrganization();
    await setPolicy(organization, { [name]: { mode: 'enforced', value } });
    const outcomes = await outcomesOf(organization, [row(against), row(within), row(against)]);
    expect(outcomes).toEqual(['policy_violation', 'imported', 'policy_violation']);
  });

  it('is the policy max_active_keys, also by 5 imports at once', async () => {
    const organization = await newOrganization();
    await setPolicy(organization, { max_active_keys: { mode: 'enforced', value: 6 } });
    await createKey(organization);
    // So that one of them has room for some of its rows.
    const five = await Promise.all(
      Array.from({ length: 5 }, () => outcomesOf(organization, [row(), row(), row()])),
    );
    const counted = five.flat().filter((each) => each === 'imported');
    expect(counted).toHaveLength(5);
    expect(await countKeys(organization)).toBe(6);
  });

  it('is a fresh sign-in, where the organization asks for one', async () => {
    const organization = await newOrganization();
    await setPolicy(organization, {
      require_fresh_sign_in_minutes: { mode: 'enforced', value: 10 },
    });
    await ageSignIn(organization.owner, 11);
    expect(outcomeOf(await tryToImport(organization, [row()]))).toBe('403 reauth_required');
  });

  it('is 20 keys with a slow hash for a prefix', async () => {
    const organization = await newOrganization();
    const prefix = newPrefix();
    const many = Array.from({ length: 21 }, () => foreignKey('pbkdf2_sha256', { prefix }).row);
    const outcomes = await outcomesOf(organization, many);
    expect(outcomes.filter((each) => each === 'imported')).toHaveLength(20);
    expect(outcomes.at(-1)).toBe('prefix_too_common');
    expect(await outcomesOf(organization, [many.at(-1)])).toEqual(['prefix_too_common']);
    // Others, fast ones and longer prefixes have room.
    const fast = foreignKey('sha512', { prefix }).row;
    const longer = foreignKey('pbkdf2_sha256', { prefix: `${prefix}a` }).row;
    expect(await outcomesOf(organization, [fast, longer])).toEqual(['imported', 'imported']);
    const other = await newOrganization();
    expect(await outcomesOf(other, [many.at(-1)])).toEqual(['imported']);
  });

  it('is 20 keys that were never used, revoked ones too, since they are tried', async () => {
    const organization = await newOrganization();
    const prefix = newPrefix();
    const made = () => foreignKey('pbkdf2_sha256', { prefix });
    const many = Array.from({ length: 20 }, made);
    const [revoked] = await importKeys(
      organization,
      many.map((each) => each.row),
    );
    const path = `${organization.path}/api-keys/${revoked!.id}`;
    await ask('DELETE', path, { as: organization.owner.session });
    expect(await outcomesOf(organization, [made().row])).toEqual(['prefix_too_common']);
    expect((await verdictOn(many[1]!.plaintext)).code).toBe('valid');
    expect(await outcomesOf(organization, [made().row, made().row])).toEqual([
      'imported',
      'prefix_too_common',
    ]);
  });

  it('is 10,000 prefixes an organization', async () => {
    const organization = await newOrganization();
    const known = row();
    await importKeys(organization, [known]);
    await inDatabase(
      `INSERT INTO imported_prefixes (organization_id, prefix)
       SELECT organization_id, 'full_' || n FROM imported_prefixes, generate_series(2, 10000) n
        WHERE prefix = $1`,
      [known.key_prefix],
    );
    const sibling = foreignKey(undefined, { prefix: known.key_prefix }).row;
    expect(await outcomesOf(organization, [row(), sibling])).toEqual([
      'prefix_limit_reached',
      'imported',
    ]);
  });
});

describe('a hash', () => {
  const spelledAnew = ({ row: { hash, ...rest } }: ForeignKey): ImportedRow[] => [
    { ...rest, hash: hash.toUpperCase() },
    { ...rest, hash: Buffer.from(hash, 'hex').toString('base64url') },
  ];

  it('is imported once, whoever has it and however it is spelled', async () => {
    const [organization, other] = [await newOrganization(), await newOrganization()];
    const key = foreignKey();
    await importKeys(organization, [key.row]);
    const again = [key.row, ...spelledAnew(key)];
    const [mine, theirs] = [
      await tryToImport(organization, again),
      await tryToImport(other, again),
    ];
    expect(mine.body.results.map(({ code }) => code)).toEqual(Array(3).fill('already_imported'));
    // Nobody is told where.
    expect(theirs.body).toEqual(mine.body);
  });

  it('is imported once by 6 organizations at the same time', async () => {
    const organizations: TestOrganization[] = [];
    for (let n = 0; n < 6; n++) organizations.push(await newOrganization());
    const shared = Array.from({ length: 10 }, () => row());
    const outcomes = await Promise.all(
      organizations.map((organization, index) =>
        // In another order each, so that they would wait for each other.
        outcomesOf(organization, index % 2 === 0 ? shared : shared.toReversed()),
      ),
    );
    const codes = outcomes.flat();
    expect(codes.filter((each) => each === 'imported')).toHaveLength(10);
    expect(codes.filter((each) => each === 'already_imported')).toHaveLength(50);
    const counts = await Promise.all(organizations.map(countKeys));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
  });

  it('that is fast is stored nowhere as it came', async () => {
    const organization = await newOrganization();
    const { row: sent } = foreignKey();
    await importKeys(organization, [sent]);
    const [stored] = await inDatabase<{ text: string }>(
      `SELECT h::text || encode(h.fingerprint, 'hex') AS text FROM imported_hashes h
        WHERE key_prefix = $1`,
      [sent.key_prefix],
    );
    expect(stored!.text).not.toContain(sent.hash);
  });
});
