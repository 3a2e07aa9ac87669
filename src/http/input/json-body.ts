import { MalformedJson, NotAnObject } from '../errors/http.errors.js';
import { decodedText } from './decoded-text.js';
import { isNode, isObject } from './json-values.js';

const MAX_DEPTH = 32;
const MAX_ARRAY_LENGTH = 1000;
const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * What every object has. As names of fields they could reach a prototype, and no DTO sees them: they
 * vanish while an object is copied.
 */
export const PROTOTYPE_KEYS: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
]);

/**
 * Parses a request body. An empty one is `{}`.
 *
 * @throws MalformedJson for text that is not a JSON object in UTF-8, is nested deeper than 32,
 * has an array of more than 1,000 elements, a key that could reach a prototype, or text that is not
 * Unicode or holds NUL
 */
export function parseJsonBody(bytes: Buffer): Record<string, unknown> {
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(decodedText(bytes, UTF_8));
  } catch {
    throw new MalformedJson();
  }
  if (!isObject(value)) throw new NotAnObject(value);
  refuseHostileShape(value);
  return value;
}

/** Walks without recursion: the depth is the attacker's choice. */
function refuseHostileShape(root: object): void {
  let level = [root];
  let depth = 0;
  while (level.length > 0) {
    depth += 1;
    if (depth > MAX_DEPTH) throw new MalformedJson('the request body is nested too deeply');
    const below: object[] = [];
    for (const node of level) refuseHostileNode(node, below);
    level = below;
  }
}

/** @param below gets the nodes in this one */
function refuseHostileNode(node: object, below: object[]): void {
  if (Array.isArray(node)) {
    if (node.length > MAX_ARRAY_LENGTH) {
      throw new MalformedJson('an array in the request body is too long');
    }
    for (const value of node as unknown[]) refuseHostileValue(value, below);
    return;
  }
  const keys = Object.keys(node);
  if (keys.some((key) => PROTOTYPE_KEYS.has(key))) {
    throw new MalformedJson('the request body has a forbidden key');
  }
  for (const key of keys) {
    refuseUnstorable(key);
    refuseHostileValue((node as Record<string, unknown>)[key], below);
  }
}

function refuseHostileValue(value: unknown, below: object[]): void {
  if (typeof value === 'string') refuseUnstorable(value);
  else if (isNode(value)) below.push(value);
}

/** PostgreSQL stores neither NUL nor halves of surrogate pairs. */
function refuseUnstorable(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new MalformedJson('the request body has text that is not Unicode or holds NUL');
  }
}
