import { encodeId, newId } from '../src/access/ids.js';
import type { TestOrganization } from './support/keycap.js';
import { call, inDatabase, newOrganization } from './support/keycap.js';
import { testVariable } from './support/servers.js';
import type { Issued, VerdictBody } from './support/verification.js';
import { issueKey, uuidOf, verdictOn, VERIFY_BATCH, WELL_FORMED } from './support/verification.js';

interface Batch {
  readonly results: readonly VerdictBody[];
  readonly code?: string;
}

let organization: TestOrganization;
let stranger: TestOrganization;
/** A key of the organization with `introspection`. */
let verifier: string;

beforeAll(async () => {
  [organization, stranger] = await Promise.all([newOrganization(), newOrganization()]);
  verifier = (await organization.apiKey({ scopes: ['introspection'] })).plaintext;
});

const verifyAll = (api_keys: unknown, more: object = {}, as = verifier) =>
  call<Batch>('POST', VERIFY_BATCH, { as, body: { api_keys, ...more } });

/** The codes, in the order of the keys. */
async function codesOf(keys: readonly (Issued | string)[], more: object = {}, as = verifier) {
  const texts = keys.map((key) => (typeof key === 'string' ? key : key.plaintext_api_key));
  const { body } = await verifyAll(texts, more, as);
  return body.results.map(({ code }) => code);
}

it('answers each key as verify does, in order', async () => {
  const [good, revoked, limited] = await Promise.all([
    issueKey(organization),
    issueKey(organization),
    issueKey(organization, { rate_limit: { limit: 2, window_seconds: 86_400 } }),
  ]);
  await inDatabase('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [
    uuidOf(revoked.api_key.id),
  ]);
  const texts = [revoked, 'no key', good, WELL_FORMED, limited, good].map((key) =>
    typeof key === 'string' ? key : key.plaintext_api_key,
  );
  const { status, headers, body } = await verifyAll(texts);
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(Object.keys(body)).toEqual(['results']);
  expect(body.results.map(({ code, api_key }) => [code, api_key?.id])).toEqual([
    ['revoked', revoked.api_key.id],
    ['malformed', undefined],
    ['valid', good.api_key.id],
    ['not_found', undefined],
    ['valid', limited.api_key.id],
    ['valid', good.api_key.id],
  ]);
  const alone = await verdictOn(limited);
  expect(body.results[4]).toEqual({
    ...alone,
    api_key: { ...alone.api_key, last_used_at: null },
    rate_limit: { ...alone.rate_limit, remaining: 1 },
  });
});

it('judges each by the same scope, project, address and cost', async () => {
  const project_id = await organization.project();
  const [confined, listed, writer, limited] = await Promise.all([
    issueKey(organization, { project_id }),
    issueKey(organization, { ip_allowlist: ['10.0.0.0/8'] }),
    issueKey(organization, { scopes: ['backups:write'] }),
    issueKey(organization, { rate_limit: { limit: 5, window_seconds: 86_400 } }),
  ]);
  const keys = [confined, listed, writer, limited];
  const use = { scope: 'backups:read', project_id, ip: '10.1.1.1', cost: 3 };
  expect(await codesOf(keys, use)).toEqual(['valid', 'valid', 'scope_missing', 'valid']);
  const elsewhere = { ...use, project_id: encodeId('project', newId()), ip: '11.1.1.1' };
  expect(await codesOf(keys, elsewhere)).toEqual([
    'project_mismatch',
    'ip_denied',
    'project_mismatch',
    'project_mismatch',
  ]);
  expect(await codesOf([limited], use)).toEqual(['rate_limited']);
});

it('takes a key that is there several times as often of its limit', async () => {
  const limited = await issueKey(organization, {
    rate_limit: { limit: 3, window_seconds: 86_400 },
  });
  const codes = await codesOf(Array<Issued>(5).fill(limited));
  expect(codes).toEqual(['valid', 'valid', 'valid', 'rate_limited', 'rate_limited']);
});

it('A70: finds keys of another organization not, byte for byte, except for the host', async () => {
  const [own, foreign] = [await issueKey(organization), await issueKey(stranger)];
  const shown = [foreign.plaintext_api_key, WELL_FORMED];
  const { text } = await verifyAll(shown);
  const absent = '{"valid":false,"code":"not_found","api_key":null,"rate_limit":null}';
  expect(text).toBe(`{"results":[${absent},${absent}]}`);
  const host = testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN');
  expect(await codesOf([foreign, own, WELL_FORMED], {}, host)).toEqual([
    'valid',
    'valid',
    'not_found',
  ]);
});

it('takes 100 keys', async () => {
  const key = await issueKey(organization);
  expect(await codesOf(Array<Issued>(100).fill(key))).toEqual(Array(100).fill('valid'));
});

it.each<[string, object]>([
  ['api_keys', { api_keys: undefined }],
  ['api_keys', { api_keys: [] }],
  ['api_keys', { api_keys: WELL_FORMED }],
  ['api_keys', { api_keys: [WELL_FORMED, 7] }],
  ['api_keys', { api_keys: [[WELL_FORMED]] }],
  ['api_keys', { api_keys: Array(101).fill(WELL_FORMED) }],
  ['cost', { cost: 0 }],
  ['scope', { scope: ['read'] }],
  ['ip', { ip: 'x' }],
  ['api_key', { api_key: WELL_FORMED }],
])('refuses a wrong %s, case %#', async (field, more) => {
  const { status, body } = await verifyAll([WELL_FORMED], more);
  expect({ status, body }).toMatchObject({
    status: 400,
    body: { code: 'validation_error', fields: { [field]: expect.any(Array) as string[] } },
  });
});

it('is refused to people, and to machines without introspection', async () => {
  const reader = await organization.apiKey({ scopes: ['read', 'api_keys:read'] });
  const refusals = [
    await verifyAll([WELL_FORMED], {}, organization.owner.session),
    await verifyAll([WELL_FORMED], {}, reader.plaintext),
    await verifyAll([WELL_FORMED], {}, 'rubbish'),
  ];
  expect(refusals.map(({ status, body }) => [status, body.code])).toEqual([
    [403, 'credential_not_accepted'],
    [403, 'insufficient_scope'],
    [401, 'unauthorized'],
  ]);
});
