import { PrefixNotAllowed } from './imports.errors.js';

const SHORTEST_PREFIX = 4;
const LONGEST_PREFIX = 32;
export const PREFIX_SHAPE = /^[A-Za-z0-9_.-]{4,32}$/;

/** Visible ASCII, of which more than the prefix is there. */
const TEXT = /^[A-Za-z0-9_.-]{4}[!-~]{4,508}$/;
/** Opaque access tokens are letters and digits alone. */
const OPAQUE = /^[0-9A-Za-z]+$/;
/** Sessions, invitations, the tokens of operators and resource servers; and JWTs (`{"`). */
const TAKEN = /^(?:kc[a-z]_|eyJ)/;

/** Whether the text could be an imported key, which is told by its beginning alone. */
export function mayBeImported(text: string): boolean {
  return TEXT.test(text) && !OPAQUE.test(text) && !TAKEN.test(text);
}

/** Every beginning of the text that could be the prefix of an imported key, shortest first. */
export function prefixesOf(text: string): string[] {
  const longest = Math.min(LONGEST_PREFIX, text.length - 1);
  const lengths = Array.from({ length: Math.max(0, longest - SHORTEST_PREFIX + 1) });
  return lengths.map((_, index) => text.slice(0, SHORTEST_PREFIX + index));
}

/**
 * @param prefix of the right shape
 * @param brands those of the deployment, former ones too
 * @throws PrefixNotAllowed for keys that would be taken for something else
 */
export function assertPrefixAllowed(prefix: string, brands: readonly string[]): void {
  if (!/[_.-]/.test(prefix)) {
    throw new PrefixNotAllowed('must hold one of _ - . to differ from access tokens');
  }
  const taken = brands.find((brand) => isOfBrand(prefix, `${brand}_`));
  if (taken !== undefined || TAKEN.test(prefix)) {
    throw new PrefixNotAllowed('is how other credentials of this deployment begin');
  }
}

/** What begins as the brand does, or could go on to. */
function isOfBrand(prefix: string, beginning: string): boolean {
  return prefix.startsWith(beginning) || beginning.startsWith(prefix);
}
