const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * The moment that a date-time of RFC 3339 §5.6 names, to the millisecond, or null for any other
 * text: also for days that the calendar does not have, and leap seconds.
 */
export function parseDateTime(text: string): Date | null {
  const spelled = text.toUpperCase();
  const [, year, month, day] = RFC_3339.exec(spelled)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > lastDay) return null;
  return new Date(spelled);
}
