import { MalformedJson, NotAnObject } from '../errors/http.errors.js';

const MAX_DEPTH = 32;
const MAX_ARRAY_LENGTH = 1000;
/** What PostgreSQL can't store as text: NUL, and halves of surrogate pairs. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

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
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
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
  let depth = 1;
  while (level.length > 0) {
    if (depth > MAX_DEPTH) throw new MalformedJson('the request body is nested too deeply');
    level.forEach(refuseHostileNode);
    level = level.flatMap((node) => Object.values(node).filter(isNode));
    depth += 1;
  }
}

function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function refuseHostileNode(node: object): void {
  if (Array.isArray(node)) {
    if (node.length > MAX_ARRAY_LENGTH) {
      throw new MalformedJson('an array in the request body is too long');
    }
  } else if (Object.keys(node).some((key) => FORBIDDEN_KEYS.has(key))) {
    throw new MalformedJson('the request body has a forbidden key');
  }
  const texts = Object.entries(node)
    .flat()
    .filter((each) => typeof each === 'string');
  if (texts.some((text) => UNSTORABLE.test(text))) {
    throw new MalformedJson('the request body has text that is not Unicode or holds NUL');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return isNode(value) && !Array.isArray(value);
}
