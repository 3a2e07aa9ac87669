const LANES = 8;

/** Does the work for every item, a few at once. @returns what all of them found */
export async function inLanes<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<readonly string[]>,
): Promise<string[]> {
  const found: string[] = [];
  const rest = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) {
      found.push(...(await work(next.value)));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return found;
}
