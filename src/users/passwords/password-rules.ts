import { ValidationFailed } from '../../problem.js';
import { isCommon, isMostlyContext } from './common-passwords.js';

/** NIST SP 800-63B-4: at least 15 characters where the password is the only factor. */
const MIN_CHARACTERS = 15;
/** Longer ones are refused before any hashing (OWASP ASVS 15.2.2). */
const MAX_BYTES = 4096;
/** The product's own name: nobody's password. */
const PRODUCT = 'keycap';

export function isTooLong(password: string): boolean {
  return Buffer.byteLength(password) > MAX_BYTES;
}

/**
 * One spelling of what is typed: the same letters come composed from one keyboard and decomposed
 * from another (NIST SP 800-63B-4 §3.1.1.2, Unicode NFC). Nothing else is folded.
 */
export function normalizePassword(password: string): string {
  return password.normalize('NFC');
}

/**
 * Any characters in any mixture, but not what guessers try first.
 *
 * @param context what belongs to the account: address, names
 * @throws ValidationFailed
 * @param field the input that the complaint is about
 */
export function requireAcceptable(
  password: string,
  context: readonly (string | null)[],
  field = 'password',
): void {
  const complaint = complaintAbout(password, context);
  if (complaint !== null) throw new ValidationFailed({ [field]: [`${field} ${complaint}`] });
}

function complaintAbout(password: string, context: readonly (string | null)[]): string | null {
  if (isTooLong(password)) return `must be at most ${MAX_BYTES} bytes`;
  const normalized = normalizePassword(password);
  if ([...normalized].length < MIN_CHARACTERS) {
    return `must be at least ${MIN_CHARACTERS} characters`;
  }
  if (isCommon(normalized)) return 'is too common: it is among the first that are guessed';
  const words = [PRODUCT, ...context].filter((text) => text !== null);
  if (isMostlyContext(normalized, words)) {
    return 'must not be made of your address or the names of the organization or product';
  }
  return null;
}
