import { resolve } from 'node:path';
import type { CallOptions } from './support/keycap.js';
import { ask, call, inDatabase, newAddress, randomText } from './support/keycap.js';
import type { OwnServer } from './support/own-server.js';
import { FORGET_EVERYTHING } from './support/changes.js';
import { startOwnServer } from './support/own-server.js';
import { until } from './support/until.js';
import type { Issued } from './support/verification.js';
import { uuidOf, VERIFY, VERIFY_BATCH, WELL_FORMED } from './support/verification.js';

const KINDS = ['good', 'revoked', 'disabled', 'expired', 'foreign', 'unknown'] as const;
type Kind = (typeof KINDS)[number];

/** Work that the server does by itself now and then comes on top, so the least of some is looked at. */
const TRIES = 5;

let own: OwnServer;
let verifier: string;
let keys: Readonly<Record<Kind, string>>;

beforeAll(async () => {
  const counting = resolve(import.meta.dirname, 'support/count-work.mjs');
  own = await startOwnServer({ env: { NODE_OPTIONS: `--import=${counting}` } });
  const { organization } = await ask<{ organization: { id: string } }>(
    'POST',
    '/v1/organizations',
    {
      url: own.url,
      as: own.session,
      body: { name: 'Foreign' },
      expect: 201,
    },
  );
  verifier = (await issue(own.path, ['introspection'])).plaintext_api_key;
  const issued = {
    good: await issue(own.path),
    revoked: await issue(own.path),
    disabled: await issue(own.path),
    expired: await issue(own.path),
    foreign: await issue(`/v1/organizations/${organization.id}`),
  };
  await change(issued.revoked, 'UPDATE api_keys SET revoked_at = now() WHERE id = $1');
  await change(issued.disabled, 'UPDATE api_keys SET disabled_at = now() WHERE id = $1');
  await change(issued.expired, 'UPDATE api_keys SET expires_at = now() WHERE id = $1');
  const plaintexts = Object.entries(issued).map(([kind, key]) => [kind, key.plaintext_api_key]);
  keys = { ...Object.fromEntries(plaintexts), unknown: WELL_FORMED } as typeof keys;
});
afterAll(() => own.server.stop());

async function issue(path: string, scopes = ['read']): Promise<Issued> {
  const body = { name: 'Probed', scopes };
  return (await own.call<Issued>('POST', `${path}/api-keys`, { body })).body;
}

const change = ({ api_key }: Issued, sql: string) =>
  inDatabase(sql, [uuidOf(api_key.id)], own.server.databaseUrl);

const forgetEverything = () => inDatabase(FORGET_EVERYTHING, [], own.server.databaseUrl);

/**
 * The status, and the keyed hashes and statements that a request took, where nothing was remembered
 * unless told otherwise.
 */
async function workOf(
  method: 'GET' | 'POST',
  path: string,
  options: CallOptions,
  { remembered = false } = {},
) {
  const counts: [statements: number, digests: number][] = [];
  let status = 0;
  for (let time = 0; time < TRIES; time++) {
    if (!remembered) await forgetEverything();
    const id = randomText();
    const before = own.server.log().length;
    const headers = { 'x-request-id': id, ...options.headers };
    ({ status } = await call(method, path, { url: own.url, ...options, headers }));
    // The line of the request comes after all that was done for it.
    await until('the request is in the log', () => own.server.log().includes(id));
    const log = own.server.log().slice(before);
    const linesOf = (text: string) => log.split(text).length - 1;
    counts.push([linesOf('a statement was sent'), linesOf('a digest was made')]);
  }
  const least = (index: 0 | 1) => Math.min(...counts.map((count) => count[index]));
  return { status, statements: least(0), digests: least(1) };
}

it('A71, A72, S58: a verification costs the same, whatever became of the key', async () => {
  for (const kind of KINDS) {
    const work = await workOfVerification({ api_key: keys[kind] });
    // One statement and one digest for whoever asks, one each for the key.
    expect([kind, work]).toEqual([kind, { status: 200, statements: 2, digests: 2 }]);
  }
});

const workOfVerification = (body: object, more = {}) =>
  workOf('POST', VERIFY, { as: verifier, body }, more);

it('what was looked up before costs no statement, whatever became of the key', async () => {
  for (const kind of KINDS) {
    const work = await workOfVerification({ api_key: keys[kind] }, { remembered: true });
    expect([kind, work]).toEqual([kind, { status: 200, statements: 0, digests: 2 }]);
  }
});

it('a verification asks the database once more for a project, and for nothing else', async () => {
  const use = { scope: 'projects:read', project_id: 'prj_1', ip: '10.0.0.1', cost: 7 };
  const cold = await workOfVerification({ api_key: keys.good, ...use });
  expect(cold.statements).toBe(3);
  const remembered = await workOfVerification({ api_key: keys.good, ...use }, { remembered: true });
  expect(remembered.statements).toBe(0);
});

it('what cannot be a key costs neither a statement nor a digest', async () => {
  const malformed = `${WELL_FORMED.slice(0, -1)}6`;
  expect(await workOfVerification({ api_key: malformed })).toMatchObject({
    statements: 1,
    digests: 1,
  });
});

it('a batch is looked up by one statement', async () => {
  const api_keys = Array.from({ length: 10 }, () => KINDS.map((kind) => keys[kind])).flat();
  const { status, statements } = await workOf('POST', VERIFY_BATCH, {
    as: verifier,
    body: { api_keys },
  });
  expect([status, statements]).toEqual([200, 2]);
});

it("A71, A72: at Keycap's own API a bad key costs the same, whatever is wrong with it", async () => {
  for (const kind of ['revoked', 'disabled', 'expired', 'unknown'] as const) {
    const work = await workOf('GET', '/v1/me', { as: keys[kind] });
    expect([kind, work]).toEqual([kind, { status: 401, statements: 1, digests: 1 }]);
  }
});

it('bad keys do not hurt a good one from the same address, in either header', async () => {
  const from = newAddress();
  const statusOf = async (options: CallOptions) =>
    (await call('GET', '/v1/me', { url: own.url, from, ...options })).status;
  const statuses = await Promise.all(
    Array.from({ length: 110 }, () => statusOf({ headers: { 'x-api-key': WELL_FORMED } })),
  );
  expect([...new Set(statuses)].sort()).toEqual([401, 429]);
  expect(await statusOf({ headers: { 'x-api-key': keys.good } })).toBe(200);
  expect(await statusOf({ as: keys.good })).toBe(200);
  expect(await statusOf({ as: WELL_FORMED })).toBe(429);
  // A verifier is never throttled for what it asks about.
  const asked = await Promise.all(
    Array.from({ length: 110 }, () =>
      call('POST', VERIFY, { url: own.url, from, as: verifier, body: { api_key: WELL_FORMED } }),
    ),
  );
  expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200]));
});
