import { dictionary } from '@zxcvbn-ts/language-common';

let known: ReadonlySet<string> | null = null;

/**
 * Words and phrases that many people choose, lower case: about 49,000 from leaked collections. Put
 * together when the first password is judged: a start has no need of them.
 */
function commonPasswords(): ReadonlySet<string> {
  known ??= new Set(
    dictionary['passwords-common'].flatMap((entry: string) => [
      entry.toLowerCase(),
      bare(entry.toLowerCase()),
    ]),
  );
  return known;
}

/** Rows of keys and other orders that fingers follow, both ways. */
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
].flatMap((run) => [run, [...run].toReversed().join('')]);

const FEWEST_CHARACTERS = 5;

/** Without digits, punctuation and spaces at its ends: what people add to reach a length. */
function bare(text: string): string {
  const characters = [...text];
  const isLetter = (character: string): boolean => /\p{L}/u.test(character);
  const first = characters.findIndex(isLetter);
  return first < 0 ? '' : characters.slice(first, characters.findLastIndex(isLetter) + 1).join('');
}

/** Whether the text is one part again and again, the last time perhaps cut off. */
function isRepetition(text: string): boolean {
  const longest = Math.floor(text.length / 2);
  for (let part = 1; part <= longest; part++) {
    if (text.slice(part) === text.slice(0, -part)) return true;
  }
  return false;
}

/**
 * Whether a password is among the first that a guesser tries: a common one with digits and
 * punctuation around it, one thing repeated, a row of keys, or hardly any different characters.
 */
export function isCommon(password: string): boolean {
  const whole = password.toLowerCase();
  const core = bare(whole);
  if (new Set(whole).size < FEWEST_CHARACTERS) return true;
  const common = commonPasswords();
  return [whole, core]
    .filter((text) => text !== '')
    .some(
      (text) => common.has(text) || isRepetition(text) || RUNS.some((run) => run.includes(text)),
    );
}

const SHORTEST_WORD = 4;

/**
 * Whether words that belong to the account make up more than half of a password.
 *
 * @param context names and addresses, whose words of four letters or more count
 */
export function isMostlyContext(password: string, context: readonly string[]): boolean {
  const whole = password.toLowerCase();
  const words = context
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((word) => [...word].length >= SHORTEST_WORD)
    .toSorted((a, b) => b.length - a.length);
  let rest = whole;
  for (const word of words) rest = rest.replaceAll(word, '');
  return rest.length * 2 < whole.length;
}
