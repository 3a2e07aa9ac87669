import { ImportServer } from './support/import-server.js';
import { foreignKey, newPrefix } from './support/imports.js';
import { newAddress, randomText } from './support/keycap.js';

/** More than are tried of a text at once. */
const STRANGERS = 45;
const PER_ADDRESS = 60;

let server: ImportServer;
/** With which so many organizations have imported a key each. */
let crowded: string;
beforeAll(async () => {
  server = await ImportServer.start({ perAddress: PER_ADDRESS, perPrefix: 300 });
  crowded = newPrefix();
  await server.strangersWith(crowded, STRANGERS);
});
afterAll(() => server.own.server.stop());

/** A key of the server's first organization, whose prefix goes on so. */
async function newKey(more = ''): Promise<string> {
  const { keys } = await server.slowKeys(1, { prefix: crowded + more });
  return keys[0]!.plaintext;
}

async function verify(plaintext: string): Promise<string> {
  const { status, body } = await server.own.call<{ code: string }>('POST', '/v1/api-keys/verify', {
    as: server.host,
    body: { api_key: plaintext },
  });
  return `${String(status)} ${body.code}`;
}

/** What is said of it each time until it is decided. */
async function askUntilDecided(ask: () => Promise<string | number>): Promise<(string | number)[]> {
  const answers = [await ask()];
  while (answers.length < 5 && /^(?:429|503)/.test(String(answers.at(-1))))
    answers.push(await ask());
  return answers;
}

it('A70: finds a key behind those of 45 other organizations when it is shown again', async () => {
  const key = await newKey();
  let answers: unknown[] = [];
  const cost = await server.costOf(async () => {
    answers = await askUntilDecided(() => server.statusOf(key));
  });
  // No 401 before all are tried, which whoever shows it would take for the end of his key.
  expect(answers).toEqual([429, 200]);
  expect(cost).toBe(STRANGERS + 1);
});

it('A70: finds it for a resource server, which is told so long that nothing is decided', async () => {
  const key = await newKey();
  let answers: unknown[] = [];
  const cost = await server.costOf(async () => {
    answers = await askUntilDecided(() => verify(key));
  });
  expect(answers).toEqual(['503 busy', '200 valid']);
  expect(cost).toBe(STRANGERS + 1);
});

it('says of what is none of them that it is none, once all are tried', async () => {
  const text = crowded + randomText();
  const cost = await server.costOf(async () => {
    expect(await askUntilDecided(() => verify(text))).toEqual(['503 busy', '200 not_found']);
    expect(await askUntilDecided(() => server.statusOf(text))).toEqual([401]);
  });
  expect(cost).toBe(STRANGERS);
});

it('tries longer prefixes first, however many have a short one', async () => {
  const key = await newKey('k7');
  expect(await server.costOf(async () => expect(await verify(key)).toBe('200 valid'))).toBe(1);
  const other = await newKey('k7');
  expect(await server.costOf(() => server.statusOf(other))).toBe(1);
});

it('tries revoked ones last, so that what was given up keeps nobody waiting', async () => {
  const path = await server.newOrganization();
  const prefix = newPrefix();
  await server.slowKeys(10, { prefix: `${prefix}k7`, path });
  const listed = await server.own.call<{ api_keys: { id: string }[] }>('GET', `${path}/api-keys`);
  for (const { id } of listed.body.api_keys) {
    expect((await server.own.call('DELETE', `${path}/api-keys/${id}`)).status).toBe(200);
  }
  // It begins as theirs do, and was imported with a shorter prefix.
  const { plaintext, row } = foreignKey('bcrypt', { prefix: `${prefix}k7`, key_prefix: prefix });
  await server.importRows([row]);
  const cost = await server.costOf(async () => expect(await verify(plaintext)).toBe('200 valid'));
  expect(cost).toBe(1);
});

it('lets an address try as many of them as of any others', async () => {
  const from = newAddress();
  const text = crowded + randomText();
  const statuses: number[] = [];
  const cost = await server.costOf(async () => {
    for (let time = 0; time < 3; time++) statuses.push(await server.statusOf(text, from));
  });
  expect(statuses).toEqual([429, 401, 401]);
  expect(cost).toBe(STRANGERS);
  const next = await server.costOf(async () => {
    expect(await server.statusOf(crowded + randomText(), from)).toBe(429);
  });
  expect(next).toBe(PER_ADDRESS - STRANGERS);
});
