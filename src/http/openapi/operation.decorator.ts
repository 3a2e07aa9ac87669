import { type Type } from '@nestjs/common';
import { ApiExtraModels } from '@nestjs/swagger';
import { type Problem } from '../../problem.js';
import { type JsonText } from '../direct/json-text.js';

/** A refusal that the description shows: one as it is thrown, or the class of one. */
export type DescribedProblem = Problem | (new () => Problem);

/** What the API description can't see of a route by itself. */
export interface OperationDetails<T = unknown> {
  /** Markdown: what a caller has to know beside. */
  readonly description?: string;
  /** The body of success; left out where there is none. */
  readonly answer?: Type<T>;
  /** The same for a body that is a bare list: its elements, as a protocol of others has it. */
  readonly elements?: Type;
  /** Media types of files that it answers instead, asked for by `Accept`; without an answer, always. */
  readonly files?: readonly string[];
  /**
   * Its own refusals. Those that follow from the access rule, the path, the body and the HTTP
   * server are added to them; where both have one of the same class, its own stands.
   */
  readonly errors?: readonly DescribedProblem[];
}

export interface OperationDescription extends OperationDetails {
  readonly id: string;
  readonly summary: string;
}

const DESCRIPTIONS = new WeakMap<object, OperationDescription>();

/** What TypeScript lets a decorator ask of a handler: that it answers `T`, or its JSON. */
interface Answering<T> {
  readonly value?: (...args: never[]) => Promise<T | JsonText<T>> | T;
}

/**
 * Describes a route. The answer is checked against what the handler returns.
 *
 * @param id `operationId`: the name that generated clients give it; it never changes
 * @param summary one line, as in a table of contents
 */
export function Operation<T = void>(
  id: string,
  summary: string,
  details: OperationDetails<T> = {},
): (target: object, name: string | symbol, descriptor: Answering<T>) => void {
  return (target, name, descriptor) => {
    DESCRIPTIONS.set(descriptor.value as object, { id, summary, ...details });
    const model = details.answer ?? details.elements;
    if (model) ApiExtraModels(model)(target, name, descriptor);
  };
}

/** What a handler declared, or undefined. */
export function operationDescriptionOf(handler: object): OperationDescription | undefined {
  return DESCRIPTIONS.get(handler);
}

/** @returns the problem itself, made where only its class is named */
export function problemOf(described: DescribedProblem): Problem {
  return typeof described === 'function' ? new described() : described;
}
