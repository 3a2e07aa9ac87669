import { hashSync } from '@node-rs/bcrypt';
import { ImportServer } from './support/import-server.js';
import type { ImportedRow } from './support/imports.js';
import { foreignKey, newPrefix } from './support/imports.js';
import { newAddress, randomText } from './support/keycap.js';
import { startServer } from './support/servers.js';
import { until } from './support/until.js';

const PER_ADDRESS = 30;
const PER_PREFIX = 50;

let server: ImportServer;
beforeAll(async () => {
  server = await ImportServer.start({ perAddress: PER_ADDRESS, perPrefix: PER_PREFIX });
});
afterAll(() => server.own.server.stop());

const costOf = (work: () => Promise<unknown>): Promise<number> => server.costOf(work);
const slowKeys = (count: number) => server.slowKeys(count);
const importRows = (rows: readonly ImportedRow[]): Promise<void> => server.importRows(rows);
const statusOf = (plaintext: string, from?: string, url?: string): Promise<number> =>
  server.statusOf(plaintext, from, url);

it('tries each hash once, and none when the key is known', async () => {
  const { keys } = await slowKeys(3);
  const plaintexts = keys.map(({ plaintext }) => plaintext);
  const first = await costOf(async () => {
    for (const plaintext of plaintexts) expect(await statusOf(plaintext)).toBe(200);
  });
  // 1, 2 and 3 of them at most, since what is known is tried no more.
  expect(first).toBeLessThanOrEqual(3);
  expect(await costOf(() => Promise.all(plaintexts.map((each) => statusOf(each))))).toBe(0);
});

it('tries a hash once for 20 first uses at the same time', async () => {
  const { plaintext, row } = foreignKey('bcrypt');
  // So slow that the others arrive before it has matched.
  await importRows([{ ...row, hash: hashSync(plaintext, 12) }]);
  const cost = await costOf(async () => {
    const uses = Array.from({ length: 20 }, () => statusOf(plaintext));
    expect(new Set(await Promise.all(uses))).toEqual(new Set([200]));
  });
  expect(cost).toBe(1);
});

it('remembers what is wrong, and tries it with what is imported later', async () => {
  const { prefix } = await slowKeys(4);
  const late = foreignKey('bcrypt', { prefix });
  expect(await costOf(() => statusOf(late.plaintext))).toBe(4);
  expect(await costOf(() => statusOf(late.plaintext))).toBe(0);
  await importRows([late.row]);
  expect(await costOf(async () => expect(await statusOf(late.plaintext)).toBe(200))).toBe(1);
});

it('tries nothing for what has another prefix, was cut, or is longer than bcrypt reads', async () => {
  const { prefix, keys } = await slowKeys(2);
  const cost = await costOf(async () => {
    for (const text of [newPrefix() + randomText(), prefix, prefix + 'x'.repeat(100)]) {
      expect(await statusOf(text)).toBe(401);
    }
    expect(await statusOf(keys[0]!.plaintext.toUpperCase())).toBe(401);
  });
  expect(cost).toBe(0);
});

it('lets an address try so many and no more, which harms no other', async () => {
  const { prefix, keys } = await slowKeys(10);
  const from = newAddress();
  const guesses = Array.from({ length: 20 }, () => prefix + randomText());
  const cost = await costOf(async () => {
    for (const guess of guesses.slice(0, 3)) expect(await statusOf(guess, from)).toBe(401);
    const others = guesses.slice(3).map((guess) => statusOf(guess, from));
    expect(new Set(await Promise.all(others))).toEqual(new Set([429]));
  });
  expect(cost).toBe(PER_ADDRESS);
  expect(await statusOf(keys[0]!.plaintext)).toBe(200);
  // There the known one works still.
  expect(await statusOf(keys[0]!.plaintext, from)).toBe(200);
  expect(await statusOf(keys[1]!.plaintext, from)).toBe(429);
});

it('lets a prefix be tried so often and no more, whoever tries, which harms no other', async () => {
  const { prefix, keys } = await slowKeys(10);
  const [known, unknown] = keys;
  expect(await statusOf(known!.plaintext)).toBe(200);
  const guesses = Array.from({ length: 20 }, () => prefix + randomText());
  const cost = await costOf(() => Promise.all(guesses.map((guess) => statusOf(guess))));
  expect(cost).toBe(PER_PREFIX);
  expect(await statusOf(known!.plaintext)).toBe(200);
  expect(await statusOf(unknown!.plaintext)).toBe(429);
  const { keys: others } = await slowKeys(1);
  expect(await statusOf(others[0]!.plaintext)).toBe(200);
});

it('lets no other organization’s hashes count against a prefix', async () => {
  const { prefix, keys } = await slowKeys(10);
  const path = await server.newOrganization();
  const { keys: others } = await server.slowKeys(1, { prefix, path });
  const guesses = Array.from({ length: 20 }, () => prefix + randomText());
  const cost = await costOf(() => Promise.all(guesses.map((guess) => statusOf(guess))));
  expect(cost).toBe(PER_PREFIX + guesses.length);
  expect(await statusOf(keys[0]!.plaintext)).toBe(429);
  expect(await statusOf(others[0]!.plaintext)).toBe(200);
  // It can't be said of what could be one of those that were left out.
  expect(await statusOf(prefix + randomText())).toBe(429);
});

it('gives back what was tried before the right one', async () => {
  const from = newAddress();
  for (let round = 0; round < 3; round++) {
    const { keys } = await slowKeys(12);
    for (const { plaintext } of keys) expect(await statusOf(plaintext, from)).toBe(200);
  }
});

it('knows on every process what was imported on another', async () => {
  const other = await startServer({ database: server.own.server.databaseUrl });
  try {
    const [early, late] = [foreignKey(), foreignKey('bcrypt')];
    expect(await statusOf(late.plaintext, newAddress(), other.url)).toBe(401);
    await importRows([early.row, late.row]);
    await until('that the other process knows the prefix', async () => {
      return (await statusOf(late.plaintext, newAddress(), other.url)) === 200;
    });
    expect(await statusOf(early.plaintext, newAddress(), other.url)).toBe(200);
    // Moved there, known here.
    expect(await costOf(async () => expect(await statusOf(late.plaintext)).toBe(200))).toBe(0);
    const both = foreignKey('bcrypt');
    await importRows([both.row]);
    const urls = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? server.own.url : other.url));
    await until('that both know the prefix', async () => {
      return (await statusOf(both.plaintext, newAddress(), other.url)) === 200;
    });
    const uses = urls.map((url) => statusOf(both.plaintext, newAddress(), url));
    expect(new Set(await Promise.all(uses))).toEqual(new Set([200]));
  } finally {
    await other.stop();
  }
});
