import { createHash } from 'node:crypto';

/**
 * How much is tried of what could be tried without end, or takes long in full:
 * - `quick`: what `npm test` does by itself, in a few minutes: of matrices a part, another one each time;
 * - `thorough`: all of them; `KEYCAP_THOROUGH=1`, as CI does it;
 * - `soak`: races and fuzzing for hours; `KEYCAP_SOAK=1`.
 */
type Extent = 'quick' | 'thorough' | 'soak';

const EXTENT = extentOf(process.env);

function extentOf({ KEYCAP_SOAK, KEYCAP_THOROUGH }: NodeJS.ProcessEnv): Extent {
  if (KEYCAP_SOAK === '1') return 'soak';
  return KEYCAP_THOROUGH === '1' ? 'thorough' : 'quick';
}

/** Which part a quick run takes, and where fuzzing begins; given again, both do again what they did. */
export const SEED = Number(process.env.KEYCAP_TEST_SEED ?? Date.now() % 2 ** 31);

/** What there is for this extent; of the soak, where nothing else is said, as much as of `thorough`. */
export function byExtent<T>({
  quick,
  thorough,
  soak = thorough,
}: {
  readonly quick: T;
  readonly thorough: T;
  readonly soak?: T;
}): T {
  return { quick, thorough, soak }[EXTENT];
}

/**
 * In a quick run one of four, by the seed and the name, and one at least; otherwise all.
 *
 * @param name tells the parts that are taken of equal lists apart
 */
export function someOf<T>(name: string, all: readonly T[]): readonly T[] {
  if (EXTENT !== 'quick' || all.length === 0) return all;
  const place = (index: number): string =>
    createHash('sha256')
      .update(`${String(SEED)} ${name} ${String(index)}`)
      .digest('hex');
  return [...all.keys()]
    .toSorted((one, other) => (place(one) < place(other) ? -1 : 1))
    .slice(0, Math.ceil(all.length / 4))
    .toSorted((one, other) => one - other)
    .map((index) => all[index]!);
}

/** What a failed run has to be given to do the same again. */
export function tellSeed(): void {
  process.stderr.write(`KEYCAP_TEST_SEED=${String(SEED)}\n`);
}
