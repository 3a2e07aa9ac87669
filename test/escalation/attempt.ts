import type { Answer, ErrorBody } from '../support/keycap.js';
import type { Actor } from './actors.js';
import type { Refusal } from './oracle.js';

/**
 * What is wrong with an answer, as a sentence, or nothing: it is a success exactly where there is
 * no reason to refuse, and otherwise names one of the reasons.
 *
 * @param what ends the sentence "somebody may ..."
 */
export function verdictOn(
  { name }: Actor,
  what: string,
  { status, body, text }: Answer<unknown>,
  refusals: readonly Refusal[],
): string[] {
  const isSuccess = status >= 200 && status < 300;
  const given = isSuccess ? 'success' : `${status} ${codeOf(body, text)}`;
  const isRight = refusals.length === 0 ? isSuccess : refusals.some((one) => one === given);
  if (isRight) return [];
  return [`${name}: ${what}: ${given} instead of ${refusals.join(' or ') || 'success'}`];
}

/** The code under `/v1`; in the dialect of Keyo the sentence. */
function codeOf(body: unknown, text: string): string {
  const { code, detail } = (body ?? {}) as Partial<ErrorBody> & { detail?: string };
  return code ?? detail ?? text;
}
