import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;
const LIMIT_MS = 60_000;

/** An answer, or none yet. */
type Asked<T> = T | false | null | undefined;

/**
 * Asks again and again until there is an answer that is neither false, empty nor an error.
 * @param what ends the sentence "... did not happen" should it never be
 * @param limitMs after which it is taken to hang
 */
export async function until<T>(
  what: string,
  ask: () => Asked<T> | Promise<Asked<T>>,
  limitMs = LIMIT_MS,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await delay(POLL_MS);
  }
  throw new Error(`"${what}" did not happen; the last answer was: ${String(last)}`);
}
