import { registerDecorator } from 'class-validator';
import { parseDateTime } from './date-time.js';

/** A name of 1 to 100 characters, not blank, without control characters. */
export const IsName = fieldRule(
  'must be a text of 1 to 100 characters',
  (value) => typeof value === 'string' && /^(?=.*\S)[^\p{Cc}]{1,100}$/u.test(value),
);

/** RFC 3339 §5.6. */
export const IsDateTime = fieldRule(
  'must be a date and time such as 2031-02-03T04:05:06Z',
  (value) => typeof value === 'string' && parseDateTime(value) !== null,
);

/** @param complaint follows the field's name in what the caller reads */
export function fieldRule(
  complaint: string,
  validate: (value: unknown) => boolean,
): () => PropertyDecorator {
  return () => (target, property) => {
    registerDecorator({
      name: 'fieldRule',
      target: target.constructor,
      propertyName: String(property),
      options: { message: `${String(property)} ${complaint}` },
      validator: { validate },
    });
  };
}
