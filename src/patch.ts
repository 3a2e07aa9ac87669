/** What it is after a patch: what is undefined there stays. */
export function patched<T extends object>(
  before: T,
  patch: { readonly [Name in keyof T]?: T[Name] | undefined },
): T {
  const given = Object.entries<unknown>(patch).filter(([, value]) => value !== undefined);
  return { ...before, ...(Object.fromEntries(given) as Partial<T>) };
}

/** Before and after of every member that differs, as the audit log shows them. */
export function differencesOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(before)
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => [name, { before: before[name], after: after[name] }]),
  );
}
