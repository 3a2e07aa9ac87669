import 'reflect-metadata';
import { type IntendedUse, KeyVerificationService } from './key-verification.service.js';
import { type KnownKeys } from './known-keys.js';

/** Of keys that are all in memory. */
function serviceKnowing(count: number): KeyVerificationService {
  const keys: Pick<KnownKeys, 'find'> = {
    find: () => Promise.resolve(Array<'malformed'>(count).fill('malformed')),
  };
  const clock = { now: () => new Date() };
  const unused = null as never;
  return new KeyVerificationService(
    keys as KnownKeys,
    unused,
    unused,
    unused,
    unused,
    unused,
    unused,
    clock as never,
  );
}

/** How many turns of the event loop others have while the work is done. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    if (isDone) return;
    turns += 1;
    setImmediate(count);
  };
  setImmediate(count);
  await work;
  isDone = true;
  return turns;
}

const USE: IntendedUse = {
  ip: null,
  strangerIp: null,
  origin: { ip: '::1', requestId: 'r', userAgent: null },
};

it.each([
  [10, 0],
  [11, 1],
  [100, 9],
])('%i keys let others have their turn %i times', async (count, turns) => {
  const texts = Array<string>(count).fill('text');
  expect(await turnsDuring(serviceKnowing(count).verifyAll(texts, USE))).toBe(turns);
});
