import fc from 'fast-check';

const LANES = 16;

/** Where fast-check begins; given again, it does again what it did. */
export const SEED = Number(process.env.KEYCAP_TEST_FUZZ_SEED ?? Date.now() % 2 ** 31);

/**
 * Checks `runs` values in several lanes at once: fast-check waits for each value by itself.
 *
 * @throws Error of fast-check, with the smallest value that fails
 */
export async function checkInLanes<T>(
  values: fc.Arbitrary<T>,
  runs: number,
  check: (value: T) => Promise<void>,
): Promise<void> {
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    fc.assert(fc.asyncProperty(values, check), {
      seed: SEED + lane,
      numRuns: Math.ceil(runs / LANES),
      includeErrorInReport: true,
    }),
  );
  const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
