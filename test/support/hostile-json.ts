import fc from 'fast-check';
import { hostileText, longText } from './oauth-fuzz/texts.js';

const NUMBERS = [0, -1, 0.5, 1e308, -1e308, Number.MAX_SAFE_INTEGER + 2, 2 ** 31, 5e-324];
const DATES = ['9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z', '2031-02-30T00:00:00Z', '2031'];
const ADDRESSES = ['0.0.0.0/0', '::/0', '::ffff:10.0.0.1/104', '10.0.0.1/33', '127.1', 'localhost'];
const SCOPES = ['*', 'read', 'write', 'backups:read', 'api_keys:write', 'introspection'];

const scalar = fc.oneof(
  hostileText,
  longText,
  fc.constantFrom<unknown>(...NUMBERS, ...DATES, ...ADDRESSES, ...SCOPES, null, true, false),
  fc.integer(),
  // JSON has no infinite numbers: they would be sent as null.
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Deep beyond what any parser of ours takes. */
const deep = fc
  .constantFrom(31, 33, 200)
  .map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown);

/** Any value that JSON has, most of them such as have broken something. */
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 3, arbitrary: fc.array(scalar, { maxLength: 5 }) },
  { weight: 2, arbitrary: fc.dictionary(hostileText, scalar, { maxKeys: 4 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: deep },
);

/**
 * Bodies like a good one: some members replaced, left out or added, or something inside them
 * replaced; now and then nothing of the kind.
 *
 * @param good with every member that there may be
 */
export function bodiesLike(good: object): fc.Arbitrary<unknown> {
  const names = Object.keys(good);
  const members = fc.record(Object.fromEntries(names.map((name) => [name, hostileValue])), {
    requiredKeys: [],
  });
  const few = fc
    .subarray(names, { minLength: 1, maxLength: Math.min(2, names.length) })
    .chain((some) =>
      fc
        .record(Object.fromEntries(some.map((name) => [name, hostileValue])))
        .map((changed) => ({ ...good, ...changed })),
    );
  const without = fc
    .constantFrom(...names)
    .map((name) => Object.fromEntries(Object.entries(good).filter(([each]) => each !== name)));
  const extra = fc
    .tuple(hostileText, hostileValue)
    .map(([name, value]) => Object.fromEntries([...Object.entries(good), [name, value]]));
  return fc.oneof(
    { weight: 6, arbitrary: few },
    { weight: 3, arbitrary: nestedLike(good) },
    { weight: 2, arbitrary: members },
    { weight: 1, arbitrary: without },
    { weight: 1, arbitrary: extra },
    { weight: 1, arbitrary: hostileValue },
  );
}

/** The same with one value replaced, however deep it lies. */
function nestedLike(good: unknown): fc.Arbitrary<unknown> {
  if (typeof good !== 'object' || good === null) return hostileValue;
  const entries = Object.entries(good) as [string, unknown][];
  if (entries.length === 0) return hostileValue;
  return fc.constantFrom(...entries).chain(([name, value]) =>
    fc.oneof(hostileValue, nestedLike(value)).map((changed) => {
      const like = Array.isArray(good) ? [...(good as unknown[])] : { ...good };
      (like as Record<string, unknown>)[name] = changed;
      return like;
    }),
  );
}
