const UNIT_MS = { hour: 3_600_000, day: 86_400_000 };

/** A time as the API writes it: RFC 3339, in UTC, with milliseconds. */
export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

/** A day in UTC as the API writes it: `2026-11-27`. @param age in days; 0 is today */
export function utcDay(age: number): string {
  return new Date(Date.now() - age * UNIT_MS.day).toISOString().slice(0, 10);
}

/**
 * Runs what holds within one hour or day (UTC) alone: where it failed and the next one had begun
 * meanwhile, it is run once more. @param body makes what it counts anew
 */
export async function withinOne(
  unit: keyof typeof UNIT_MS,
  body: () => Promise<void>,
): Promise<void> {
  const current = (): number => Math.floor(Date.now() / UNIT_MS[unit]);
  const begun = current();
  try {
    await body();
  } catch (error) {
    if (current() === begun) throw error;
    await body();
  }
}
