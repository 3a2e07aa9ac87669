import { isIP } from 'node:net';
import { isAddressRange } from '../../access/addresses/address-ranges.js';
import { fieldRule } from './fields.js';

/** Of the longest spelling of an IPv6 address, as POSIX reckons it; a zone after it may be endless. */
export const LONGEST_ADDRESS = 45;

/** IPv4 or IPv6, without a prefix length. */
export const IsAddress = fieldRule(
  'must be an IP address',
  (value) => typeof value === 'string' && value.length <= LONGEST_ADDRESS && isIP(value) !== 0,
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
