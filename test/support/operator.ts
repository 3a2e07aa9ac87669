import { createHash, randomBytes } from 'node:crypto';
import type { Answer, CallOptions, ErrorBody, Method } from './keycap.js';
import { ask, call } from './keycap.js';
import { testVariable } from './servers.js';

/** The name of the shared server's operator token. */
export const OPERATOR = 'tests';

/** The shared server's operator. */
export const operatorToken = (): string => testVariable('KEYCAP_TEST_OPERATOR_TOKEN');

/** A token of an operator or a resource server, and what its configuration says of it. */
export function configuredToken(prefix: 'kco' | 'kcr', name: string): [string, string] {
  const random = randomBytes(64).toString('base64').replace(/\W/g, '').slice(0, 43);
  const token = `${prefix}_${random}`;
  const sha256 = createHash('sha256').update(token).digest('hex');
  return [token, JSON.stringify([{ name, sha256 }])];
}

/** `call` of an operation below `/v1/admin` as the operator. */
export function operate<T = ErrorBody>(
  method: Method,
  path: string,
  options: CallOptions = {},
): Promise<Answer<T>> {
  return call<T>(method, `/v1/admin${path}`, { as: operatorToken(), ...options });
}

/** The same for preparing: anything but success fails the test at once. */
export function mustOperate<T>(
  method: Method,
  path: string,
  options: CallOptions & { readonly expect?: number } = {},
): Promise<T> {
  return ask<T>(method, `/v1/admin${path}`, { as: operatorToken(), ...options });
}
