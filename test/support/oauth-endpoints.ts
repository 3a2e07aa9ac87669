import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { IntrospectionBody } from '../../src/oauth/introspection.dto.js';
import {
  basic,
  type OAuthErrorBody,
  requestToken,
  type TokenAnswer,
  type TokenRequest,
} from './token-endpoint.js';
import { randomText, type TestClient } from './keycap.js';
import { testVariable } from './servers.js';

/** The resources of the shared server (test-run.mjs), and their own scopes. */
export const REPORTS = { resource: 'https://reports.keycap.test', scope: 'reports:read' };
export const FILES = { resource: 'https://files.keycap.test/v1', scope: 'files:read files:write' };

/** RFC 7523 §2.2. */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export const INACTIVE = '{"active":false}';

/** How a caller of the endpoints shows who he is: `Basic ...` or `Bearer ...`. */
export const asClient = ({ id, secret }: TestClient): string => basic(id, secret);

/** Asks the introspection endpoint about a token. */
export function introspect(
  authorization: string | undefined,
  token: string,
  more: TokenRequest = {},
): Promise<TokenAnswer<IntrospectionBody & Partial<OAuthErrorBody>>> {
  const body = `token=${encodeURIComponent(token)}`;
  return requestToken({
    path: '/o/introspect/',
    body,
    ...(authorization !== undefined && { authorization }),
    ...more,
  });
}

/** Asks the revocation endpoint to end a token. */
export function revoke(
  authorization: string | undefined,
  token: string,
  more: TokenRequest = {},
): Promise<TokenAnswer<OAuthErrorBody>> {
  const body = `token=${encodeURIComponent(token)}`;
  return requestToken({
    path: '/o/revoke_token/',
    body,
    ...(authorization !== undefined && { authorization }),
    ...more,
  });
}

/** A pair of keys, the public one as a client registers it. */
export interface SigningPair {
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function newSigningPair(algorithm = 'ES256'): Promise<SigningPair> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: randomText() };
  return { algorithm, privateKey, publicJwk };
}

/** What of an assertion differs from a good one; undefined leaves a member out. */
export interface AssertionChanges {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A client assertion (RFC 7523 §3) of this client, good unless it is changed. */
export function clientAssertion(
  clientId: string,
  { algorithm, privateKey, publicJwk }: SigningPair,
  { header = {}, claims = {} }: AssertionChanges = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: testVariable('KEYCAP_TEST_URL'),
    jti: randomText(),
    iat: now,
    exp: now + 60,
    ...claims,
  })
    .setProtectedHeader({ alg: algorithm, kid: publicJwk.kid, ...header })
    .sign(privateKey);
}

/** The form of a request by an assertion. */
export function assertionForm(assertion: string, more = 'grant_type=client_credentials'): string {
  const type = encodeURIComponent(ASSERTION_TYPE);
  return `${more}&client_assertion_type=${type}&client_assertion=${encodeURIComponent(assertion)}`;
}
