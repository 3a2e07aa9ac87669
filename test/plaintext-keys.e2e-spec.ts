import { inLanes } from './escalation/lanes.js';
import { approve, poll, startLogin } from './support/device-logins.js';
import { byExtent } from './support/extent.js';
import { inDatabase } from './support/keycap.js';
import type { OwnServer } from './support/own-server.js';
import { startOwnServer } from './support/own-server.js';
import type { TestDatabase } from './support/servers.js';
import { createDatabase } from './support/servers.js';
import type { Issued, VerdictBody } from './support/verification.js';
import { VERIFY } from './support/verification.js';

/** How many keys come to be in which way: a thousand keys in all, two hundred in a quick run. */
const CREATED = byExtent({ quick: 80, thorough: 800 });
const CREATED_AGAIN = byExtent({ quick: 50, thorough: 100 });
const ROTATED = byExtent({ quick: 40, thorough: 60 });
const OF_DEVICES = byExtent({ quick: 30, thorough: 40 });
const TOGETHER = CREATED + CREATED_AGAIN + ROTATED + OF_DEVICES;
/** `capy_live_`, which every key has. */
const BEGINNING = 10;

let database: TestDatabase;
let own: OwnServer;
/** A key that may ask about others. */
let verifier: string;

beforeAll(async () => {
  database = await createDatabase();
  own = await startOwnServer({ database: database.url, env: { KEYCAP_LOG_LEVEL: 'trace' } });
  verifier = (await create()).plaintext_api_key;
});

afterAll(() => database.drop());

async function create(headers: Record<string, string> = {}): Promise<Issued> {
  const body = { name: 'Secret', scopes: ['projects:read', 'introspection'] };
  const { body: issued } = await own.call<Issued>('POST', `${own.path}/api-keys`, {
    body,
    headers,
  });
  return issued;
}

/** Retried with the same Idempotency-Key: what was answered is kept for that. */
async function createAgain(_: unknown, index: number): Promise<string[]> {
  const headers = { 'idempotency-key': `attempt-${index}` };
  const first = await create(headers);
  const second = await create(headers);
  expect(second).toEqual(first);
  return [first.plaintext_api_key];
}

async function rotate(): Promise<string[]> {
  const { api_key } = await create();
  const { body } = await own.call<Issued>('POST', `${own.path}/api-keys/${api_key.id}/rotate`, {
    body: {},
  });
  return [body.plaintext_api_key];
}

async function fetchByDevice(): Promise<string[]> {
  const { url, organizationId, session } = own;
  const login = await startLogin({}, { url });
  await approve({ id: organizationId, owner: { session } } as never, login, { url });
  return [(await poll(login, { url })).body.plaintext_api_key!];
}

async function verify(plaintext: string): Promise<string[]> {
  const { body } = await own.call<VerdictBody>('POST', VERIFY, {
    body: { api_key: plaintext },
    as: verifier,
  });
  return [body.code];
}

/** Sends a key wherever somebody may send it, by mistake as well. */
async function use(plaintext: string): Promise<string[]> {
  await own.call('GET', '/v1/me', { as: plaintext });
  await own.call('GET', '/v1/me', { as: `Basic ${btoa(`${plaintext}:`)}` });
  await own.call('GET', `/v1/me?api_key=${plaintext}`, { headers: { 'x-api-key': plaintext } });
  await own.call('POST', `${own.path}/api-keys/explain`, { body: { api_key: plaintext } });
  await own.call('POST', `${own.path}/api-keys/explain`, { body: { key_id: plaintext } });
  await own.call('GET', `${own.path}/api-keys?q=${plaintext}`);
  await own.call('GET', `${own.path}/api-keys/${plaintext}`);
  await own.call('DELETE', `${own.path}/api-keys/${plaintext}`);
  return [];
}

/** All rows of all tables; what is kept as bytes in hexadecimal. */
async function dump(): Promise<string> {
  const [row] = await inDatabase<{ dump: string }>(
    `SELECT CAST(database_to_xml(true, true, '') AS text) AS dump
       FROM set_config('xmlbinary', 'hex', false)`,
    [],
    database.url,
  );
  return row!.dump;
}

/** The random part, and how it would look in other clothes. */
const formsOf = (plaintext: string): string[] => {
  const secret = plaintext.slice(BEGINNING);
  const inBase64 = (lead: string) => Buffer.from(lead + secret).toString('base64');
  return [
    secret,
    Buffer.from(secret).toString('hex'),
    // At each of the three places where it may begin, without what its neighbours take part in.
    ...['', 'x', 'xx'].map((lead) => inBase64(lead).slice(4, -4)),
  ];
};

it('neither the database nor the log holds one of all keys that there were', async () => {
  const array = (length: number): undefined[] => Array.from({ length }, () => undefined);
  const plaintexts = [
    ...(await inLanes(array(CREATED), async () => [(await create()).plaintext_api_key])),
    ...(await inLanes([...array(CREATED_AGAIN).keys()], (index) => createAgain(null, index))),
    ...(await inLanes(array(ROTATED), rotate)),
    ...(await inLanes(array(OF_DEVICES), fetchByDevice)),
  ];
  expect(new Set(plaintexts).size).toBe(TOGETHER);
  expect(new Set(await inLanes(plaintexts, verify))).toEqual(new Set(['valid']));
  await inLanes(plaintexts.slice(-50), use);
  const reported = { api_keys: plaintexts.slice(0, 100), source_url: 'https://paste.example/1' };
  const report = await own.call('POST', '/v1/api-keys/report-leaked', { body: reported });
  expect(report.status).toBe(202);
  // Counts and last uses are written by then.
  expect(await own.server.stop()).toBe(0);

  const kept = `${await dump()}\n${own.server.log()}`;
  expect(kept).toContain(plaintexts[0]!.slice(0, BEGINNING + 4));
  const found = plaintexts.filter((each) => formsOf(each).some((form) => kept.includes(form)));
  expect(found).toEqual([]);
});
