import { registerDecorator } from 'class-validator';

const MAX_BYTES = 16 * 1024;
const MAX_KEYS = 50;

/** What JavaScript writes with an exponent; PostgreSQL's jsonb writes all the digits instead. */
const HUGE = 1e21;
const TINY = 1e-7;

/**
 * A JSON object of the caller's own: at most 16 KB and 50 keys, and without numbers that take many
 * times as much room in the database and in every answer.
 */
export function IsMetadata(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isMetadata',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown) => complaintOf(value) === null,
        defaultMessage: (validation) => `metadata ${complaintOf(validation?.value) ?? 'is fine'}`,
      },
    });
  };
}

function complaintOf(value: unknown): string | null {
  const fits =
    isNode(value) &&
    !Array.isArray(value) &&
    Object.keys(value).length <= MAX_KEYS &&
    Buffer.byteLength(JSON.stringify(value)) <= MAX_BYTES;
  if (!fits) return `must be an object of at most ${MAX_KEYS} keys and 16 KB`;
  return numbersIn(value).every(isShort)
    ? null
    : 'must not hold numbers of 1e21 or more or, zero aside, nearer to zero than 1e-7';
}

function isShort(number: number): boolean {
  const size = Math.abs(number);
  return size === 0 || (size >= TINY && size < HUGE);
}

/** Wherever they stand in it; no body is nested deeper than the parser allows. */
function numbersIn(node: object): number[] {
  return Object.values(node).flatMap((value: unknown) => {
    if (typeof value === 'number') return [value];
    return isNode(value) ? numbersIn(value) : [];
  });
}

function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
