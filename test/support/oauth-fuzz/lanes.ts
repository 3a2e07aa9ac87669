import fc from 'fast-check';
import { SEED } from '../extent.js';

const LANES = 16;

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
