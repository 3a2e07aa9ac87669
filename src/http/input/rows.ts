import { type Type } from '@nestjs/common';
import { type Problem, ValidationFailed } from '../../problem.js';
import { isObject } from './json-values.js';
import { RequestValidation } from './validation.js';

const validation = new RequestValidation();

/**
 * One row of a request that takes many: judged for itself, as a body that comes alone.
 *
 * @returns the row, or what is wrong with it
 */
export async function readRow<T extends object>(
  metatype: Type<T>,
  row: unknown,
): Promise<T | ValidationFailed> {
  if (!isObject(row)) return new ValidationFailed({ row: ['row must be an object'] });
  try {
    return (await validation.transform(row, { type: 'body', metatype })) as T;
  } catch (error) {
    if (error instanceof ValidationFailed) return error;
    throw error;
  }
}

/** A member of a row as it was given; null where it is no text. */
export function textOf(row: unknown, member: string): string | null {
  const value = isObject(row) ? row[member] : null;
  return typeof value === 'string' ? value : null;
}

/** The sentences in which a row is told what is wrong with it. */
export function sentenceOf({ fields, message }: Problem): string {
  const sentences = Object.values(fields ?? {}).flat();
  return sentences.length > 0 ? sentences.join('; ') : message;
}
