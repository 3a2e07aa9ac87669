import { isIP } from 'node:net';
import { registerDecorator } from 'class-validator';
import { isAddressRange } from './address-ranges.js';
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

/** IPv4 or IPv6, without a prefix length. */
export const IsAddress = fieldRule(
  'must be an IP address',
  (value) => typeof value === 'string' && isIP(value) !== 0,
);

/** A list of 1 to 100 different CIDRs. An empty one would be no restriction, which `null` says. */
export const IsAddressRanges = fieldRule(
  'must be a list of 1 to 100 different CIDRs such as 10.0.0.0/8, or null for any address',
  (value) =>
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= 100 &&
    new Set(value).size === value.length &&
    value.every((each) => typeof each === 'string' && isAddressRange(each)),
);

function fieldRule(complaint: string, validate: (value: unknown) => boolean) {
  return (): PropertyDecorator => (target, property) => {
    registerDecorator({
      name: 'fieldRule',
      target: target.constructor,
      propertyName: String(property),
      options: { message: `${String(property)} ${complaint}` },
      validator: { validate },
    });
  };
}
