/** As many as the list of keys answers. */
export const USAGE_DAYS = 30;
const DAY_MS = 86_400_000;

/** Uses on one day (UTC), by their outcome. */
interface KeyDay {
  readonly date: string;
  readonly verifications: Readonly<Record<string, number>>;
}

const validOf = ({ verifications: { valid = 0 } }: KeyDay): number => valid;

/** How often the key was let in. */
export const validUses = (days: readonly KeyDay[]): number =>
  days.reduce((sum, day) => sum + validOf(day), 0);

/** The same for each of the last days, oldest first; the API leaves out those without a use. */
export function dailyUses(days: readonly KeyDay[], now: number): number[] {
  const uses = new Map(days.map((day) => [day.date, validOf(day)]));
  return Array.from({ length: USAGE_DAYS }, (_, index) => {
    const date = new Date(now - (USAGE_DAYS - 1 - index) * DAY_MS);
    return uses.get(date.toISOString().slice(0, 10)) ?? 0;
  });
}
