import { type Type } from '@nestjs/common';
import {
  getMetadataStorage,
  ValidationTypes,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { isNode, isObject } from './json-values.js';

type Fields = Readonly<Record<string, unknown>>;

/** What a field has to be. */
interface Rule {
  readonly constraint: ValidatorConstraintInterface;
  readonly constraints: unknown[];
}

interface Field {
  readonly name: string;
  /** Whether it is judged at all. */
  readonly conditions: readonly ((object: Fields, value: unknown) => boolean)[];
  readonly rules: readonly Rule[];
}

const PLAIN = new WeakSet<object>();

/**
 * Marks a DTO whose fields are texts, numbers and booleans, none of which is transformed. What is all
 * right is told by its rules alone, without the machinery around them, which costs more than all else
 * that a verification from memory does.
 */
export function PlainInput(): ClassDecorator {
  return (target) => {
    PLAIN.add(target);
  };
}

/** Passes what has no fault; for everything else the whole validation has to say what is wrong. */
export class PlainInputs {
  private readonly fields = new Map<object, ReadonlyMap<string, Field>>();

  /** The DTO's instance, or null where it is not plain, or the value not faultless. */
  pass(value: unknown, type: Type | undefined): object | null {
    if (type === undefined || !PLAIN.has(type) || !isObject(value)) return null;
    const fields = this.fieldsOf(type);
    for (const name in value) if (!fields.has(name)) return null;
    for (const field of fields.values()) if (!isFaultless(value, field)) return null;
    return Object.assign(new type() as object, value);
  }

  private fieldsOf(type: Type): ReadonlyMap<string, Field> {
    let fields = this.fields.get(type);
    if (!fields) {
      fields = readFields(type);
      this.fields.set(type, fields);
    }
    return fields;
  }
}

function isFaultless(object: Fields, { name, conditions, rules }: Field): boolean {
  const value = object[name];
  if (isNode(value)) return false;
  for (const condition of conditions) if (!condition(object, value)) return true;
  for (const { constraint, constraints } of rules) {
    const judged = { value, constraints, targetName: '', object, property: name };
    if (constraint.validate(value, judged) !== true) return false;
  }
  return true;
}

/** @throws Error for a rule that needs the machinery */
function readFields(type: Type): ReadonlyMap<string, Field> {
  const storage = getMetadataStorage();
  const fields = new Map<
    string,
    { name: string; conditions: Field['conditions'][number][]; rules: Rule[] }
  >();
  for (const metadata of storage.getTargetValidationMetadatas(type, '', false, false)) {
    const { propertyName: name, constraints } = metadata;
    const field = fields.get(name) ?? { name, conditions: [], rules: [] };
    fields.set(name, field);
    if (metadata.type === ValidationTypes.CONDITIONAL_VALIDATION) {
      field.conditions.push(constraints[0] as Field['conditions'][number]);
      continue;
    }
    const found = storage.getTargetValidatorConstraints(metadata.constraintCls);
    if (metadata.type !== ValidationTypes.CUSTOM_VALIDATION || metadata.each || found.length === 0)
      throw new Error(`${type.name}.${name} is not plain`);
    for (const { instance } of found) field.rules.push({ constraint: instance, constraints });
  }
  return fields;
}
