const DAY_MS = 86_400_000;

/** The last one that was asked for: with every use of a key it is today. */
let known = { number: NaN, text: '' };

/** The day of a time in UTC, by which uses are counted: `2026-11-25`. */
export function dayOf(time: Date | number): string {
  const number = Math.floor(Number(time) / DAY_MS);
  if (number !== known.number) {
    known = { number, text: new Date(time).toISOString().slice(0, 10) };
  }
  return known.text;
}

/** So many days up to and with today, today first. */
export function lastDays(days: number, now: Date): string[] {
  return Array.from({ length: days }, (_, age) => dayOf(now.getTime() - age * DAY_MS));
}

/** The day before all of them. */
export function dayBefore(days: number, now: Date): string {
  return dayOf(now.getTime() - days * DAY_MS);
}
