import { registerDecorator } from 'class-validator';
import { isObject } from './json-values.js';
import { hasShortNumbers } from './short-numbers.js';

const MAX_BYTES = 16 * 1024;
const MAX_KEYS = 50;

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
    isObject(value) &&
    Object.keys(value).length <= MAX_KEYS &&
    Buffer.byteLength(JSON.stringify(value)) <= MAX_BYTES;
  if (!fits) return `must be an object of at most ${MAX_KEYS} keys and 16 KB`;
  return hasShortNumbers(value)
    ? null
    : 'must not hold numbers of 1e21 or more or, zero aside, nearer to zero than 1e-7';
}
