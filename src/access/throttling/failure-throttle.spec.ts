import { type FailureLimits, FailureThrottle } from './failure-throttle.js';

const KIND = 'passwordFailuresPerAccountPer15Minutes';
const LIMITS = new Proxy({}, { get: () => 3 }) as FailureLimits;

/** Fails until the key is refused. @returns for how many seconds */
async function refusalOf(throttle: FailureThrottle): Promise<number> {
  for (let attempt = 0; attempt < 3; attempt++) await throttle.countDoubling(KIND, 'ada');
  try {
    await throttle.countDoubling(KIND, 'ada');
  } catch (error) {
    return Number((error as { headers: Record<string, string> }).headers['retry-after']);
  }
  return 0;
}

/** As if the refusal were over. */
async function serveIt(throttle: FailureThrottle): Promise<void> {
  for (let attempt = 0; attempt < 4; attempt++) await throttle.refund(KIND, 'ada');
}

it('S8: refuses an account for twice as long each time, up to four hours', async () => {
  const throttle = new FailureThrottle(LIMITS);
  const seconds: number[] = [];
  for (let time = 0; time < 6; time++) {
    seconds.push(await refusalOf(throttle));
    await serveIt(throttle);
  }
  expect(seconds).toEqual([900, 1800, 3600, 7200, 14_400, 14_400]);
  await throttle.forgive(KIND, 'ada');
  expect(await refusalOf(throttle)).toBe(900);
});

it('S8: those who come while it is refused make it no longer', async () => {
  const throttle = new FailureThrottle(LIMITS);
  await refusalOf(throttle);
  for (let attempt = 0; attempt < 20; attempt++) {
    await expect(throttle.countDoubling(KIND, 'ada')).rejects.toThrow('too many failed attempts');
  }
  await serveIt(throttle);
  for (let attempt = 0; attempt < 20; attempt++) await throttle.refund(KIND, 'ada');
  expect(await refusalOf(throttle)).toBe(1800);
});
