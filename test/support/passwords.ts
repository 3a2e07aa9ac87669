import type { Answer } from './keycap.js';
import { call, randomText } from './keycap.js';
import { nextMail, tokenIn } from './mail.js';

/** A password that nobody has had. */
export const newPassword = (): string => `lamps above the harbour ${randomText()}`;

export const askForReset = (email: unknown, more: object = {}): Promise<Answer<{ code: string }>> =>
  call('POST', '/v1/password-resets', { body: { email, ...more } });

export const confirmReset = (token: string, password: string) =>
  call('POST', '/v1/password-resets/confirm', { body: { token, password } });

/** Asks for a reset. @returns the token of the mailed link */
export async function resetTokenOf(email: string, count = 1): Promise<string> {
  await askForReset(email);
  return tokenIn(await nextMail(email, { count }));
}

/** Asks for a verification. @returns the token of the mailed link */
export async function verificationTokenOf(
  person: { email: string; session: string },
  count = 1,
): Promise<string> {
  await call('POST', '/v1/users/me/verify-email', { as: person.session });
  return tokenIn(await nextMail(person.email, { count }));
}

export const confirmEmail = (token: string) =>
  call('POST', '/v1/email-verifications/confirm', { body: { token } });

/** The status of a sign-in. */
export async function signInStatus(email: string, password: string): Promise<number> {
  return (await call('POST', '/v1/sessions', { body: { email, password } })).status;
}
