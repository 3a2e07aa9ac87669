/** The part of an address after the `?`, as the router has read it. */
type Search = Record<string, unknown>;

/**
 * Reads the named members of it as texts; what else an address holds is dropped.
 *
 * @returns only those that are there, so that addresses stay short
 */
export function texts<Name extends string>(
  search: Search,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const read: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = search[name];
    if (typeof value === 'string' && value !== '') read[name] = value;
    // The router takes digits for numbers.
    if (typeof value === 'number' || typeof value === 'boolean') read[name] = String(value);
  }
  return read;
}
