import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsInt,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { fieldRule } from '../../http/input/fields.js';
import { LONGEST_TOKEN_LIFE_SECONDS, SHORTEST_TOKEN_LIFE_SECONDS } from '../token-life.js';
import { isPublicKeySet } from './public-keys.js';

/** A list of 1 to 100 scopes; which there are is asked of the catalogue. */
export function IsScopeList(): PropertyDecorator {
  return (target, property) => {
    IsArray()(target, property);
    ArrayMinSize(1)(target, property);
    ArrayMaxSize(100)(target, property);
    IsString({ each: true })(target, property);
    MaxLength(100, { each: true })(target, property);
  };
}

/** Identifiers of at most 20 resources; which there are is asked of the configuration. */
export function AreResources(): PropertyDecorator {
  return (target, property) => {
    IsArray()(target, property);
    ArrayMaxSize(20)(target, property);
    ArrayUnique()(target, property);
    IsString({ each: true })(target, property);
    MaxLength(500, { each: true })(target, property);
  };
}

/** As long as a token may live. */
export function IsTokenTtl(): PropertyDecorator {
  return (target, property) => {
    IsInt()(target, property);
    Min(SHORTEST_TOKEN_LIFE_SECONDS)(target, property);
    Max(LONGEST_TOKEN_LIFE_SECONDS)(target, property);
  };
}

export const IsJwkSet = fieldRule(
  'must be a set of 1 to 20 public keys with different kids: EC on a NIST curve, Ed25519, or RSA of 2048 bits and more',
  isPublicKeySet,
);
