import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { isAddressRange } from '../../access/addresses/address-ranges.js';
import { fieldRule } from '../../http/input/fields.js';
import { isObject } from '../../http/input/json-values.js';
import { POLICY_MODES, type PolicyMode } from './policy.js';

const MOST_IN_A_LIST = 100;

/** What the values of one policy are: for the check, for its complaint, and for the description. */
interface ValueRule {
  readonly accepts: (value: unknown) => boolean;
  readonly complaint: string;
  readonly schema: object;
  /** Whether there is but one value, which may be left out. */
  readonly isImplied?: true;
}

export function wholeNumber(minimum: number, maximum: number): ValueRule {
  return {
    accepts: (value) => Number.isInteger(value) && between(value as number, minimum, maximum),
    complaint: `a whole number from ${minimum} to ${maximum}`,
    schema: { type: 'integer', minimum, maximum },
  };
}

export function oneOf(choices: readonly string[]): ValueRule {
  return {
    accepts: (value) => typeof value === 'string' && choices.includes(value),
    complaint: `one of ${choices.join(', ')}`,
    schema: { type: 'string', enum: choices },
  };
}

/** A policy that is either on or off, which its mode says. */
export const TRUE: ValueRule = {
  accepts: (value) => value === true,
  complaint: 'true, which may be left out',
  schema: { type: 'boolean', enum: [true] },
  isImplied: true,
};

function listOf(example: string): object {
  const items = { type: 'string', example };
  return { type: 'array', items, minItems: 1, maxItems: MOST_IN_A_LIST, example: [example] };
}

/** Which scopes there are is asked of the catalogue. */
export const SCOPES: ValueRule = {
  accepts: isTextList,
  complaint: `a list of 1 to ${MOST_IN_A_LIST} different scopes`,
  schema: listOf('read'),
};

export const ADDRESS_RANGES: ValueRule = {
  accepts: (value) => isTextList(value) && value.every(isAddressRange),
  complaint: `a list of 1 to ${MOST_IN_A_LIST} different CIDRs such as 10.0.0.0/8`,
  schema: listOf('2001:db8::/32'),
};

/** `{"mode", "value"}`, where a policy that is off may be without a value; null takes it away. */
export function PolicyField(rule: ValueRule, description: string): PropertyDecorator {
  const IsPolicy = fieldRule(
    `must be null, or have a mode (${POLICY_MODES.join(', ')}) and as value ${rule.complaint}`,
    (policy) => policy === undefined || policy === null || isPolicy(policy, rule),
  );
  return applyDecorators(
    IsPolicy(),
    ApiPropertyOptional({
      type: 'object',
      nullable: true,
      description,
      properties: {
        mode: { type: 'string', enum: [...POLICY_MODES] },
        value: { ...rule.schema, nullable: true },
      },
      required: ['mode'],
      additionalProperties: false,
    }),
  );
}

function isPolicy(policy: unknown, { accepts, isImplied }: ValueRule): boolean {
  if (!isObject(policy)) return false;
  const { mode, value, ...rest } = policy;
  if (!POLICY_MODES.includes(mode as PolicyMode) || Object.keys(rest).length > 0) return false;
  const isLeftOut = value === undefined || value === null;
  return isLeftOut ? isImplied === true || mode === 'off' : accepts(value);
}

function isTextList(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    between(value.length, 1, MOST_IN_A_LIST) &&
    new Set(value).size === value.length &&
    value.every((each) => typeof each === 'string' && each.length <= 100)
  );
}

function between(number: number, minimum: number, maximum: number): boolean {
  return number >= minimum && number <= maximum;
}
