/** In this order: most browsers also call themselves by the names of others. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\b(?:Macintosh|Mac OS X)\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/**
 * By what a person may know a device of his: `Firefox on Linux`; the program's own name where it is
 * no browser (`curl`). Whoever signs in can write what he likes there.
 */
export function deviceNameOf(userAgent: string | null): string | null {
  if (userAgent === null) return null;
  const named = (names: typeof PROGRAMS): string | undefined =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const [own] = /^[\w .-]{1,40}/.exec(userAgent) ?? [];
  const program = named(PROGRAMS) ?? own?.trim();
  const system = named(SYSTEMS);
  if (program === undefined || program === '') return system ?? null;
  return system === undefined ? program : `${program} on ${system}`;
}
