import { Transform } from 'class-transformer';
import { IsOptional, registerDecorator } from 'class-validator';
import { isName } from '../../name.js';
import { parseDateTime } from './date-time.js';

/** A member that may be left out; null says the same. */
export function IsAbsentable(): PropertyDecorator {
  return (target, property) => {
    Transform(({ value }: { value: unknown }) => value ?? undefined)(target, property);
    IsOptional()(target, property);
  };
}

/** The one rule for names of everything (name.ts). */
export const IsName = fieldRule(
  'must be a text of 1 to 100 characters, neither blank nor with control characters',
  isName,
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
