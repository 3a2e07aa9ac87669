/** An object or an array. */
export function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** An object in JSON's sense: no array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return isNode(value) && !Array.isArray(value);
}
