import { CompactSign } from 'jose';
import type { OAuthClientBody } from '../../src/oauth/clients/oauth-clients.dto.js';
import type { TokenBody } from '../../src/oauth/token.dto.js';
import {
  ask,
  newOrganization,
  randomText,
  type TestClient,
  type TestOrganization,
} from './keycap.js';
import type { AuditEvent } from './oauth-clients.js';
import {
  assertionForm,
  clientAssertion,
  newSigningPair,
  type AssertionChanges,
  type SigningPair,
} from './oauth-endpoints.js';
import {
  errorOf,
  type OAuthErrorBody,
  requestToken,
  type TokenAnswer,
  type TokenRequest,
} from './token-endpoint.js';
import { testVariable } from './servers.js';

/** A client that proves itself by what it signs (`private_key_jwt`). */
export interface SigningClient {
  readonly id: string;
  readonly pair: SigningPair;
}

/** The endpoints that clients authenticate at, each with a form that it has a good answer to. */
export const ENDPOINTS = {
  token: { path: '/o/token/', form: 'grant_type=client_credentials' },
  introspection: { path: '/o/introspect/', form: 'token=unknown' },
  revocation: { path: '/o/revoke_token/', form: 'token=unknown' },
} as const;

export type Endpoint = keyof typeof ENDPOINTS;

export const ALL_ENDPOINTS = Object.keys(ENDPOINTS) as Endpoint[];

/** @param keys `jwks` or `jwks_uri`, instead of the pair's public key */
export async function newSigningClient(
  organization: TestOrganization,
  pair?: SigningPair,
  keys?: object,
): Promise<SigningClient> {
  const own = pair ?? (await newSigningPair());
  const { oauth_client } = await ask<{ oauth_client: OAuthClientBody }>(
    'POST',
    `${organization.path}/oauth-clients`,
    {
      as: organization.owner.session,
      body: {
        name: 'Signing',
        token_endpoint_auth_method: 'private_key_jwt',
        ...(keys ?? { jwks: { keys: [own.publicJwk] } }),
      },
      expect: 201,
    },
  );
  return { id: oauth_client.client_id, pair: own };
}

/** A good assertion of the client, unless it is changed. */
export function assertionOf(
  { id, pair }: SigningClient,
  changes?: AssertionChanges,
): Promise<string> {
  return clientAssertion(id, pair, changes);
}

/** The claims of a good assertion. */
export function goodClaims(clientId: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const aud = testVariable('KEYCAP_TEST_URL');
  return { iss: clientId, sub: clientId, aud, jti: randomText(), iat: now, exp: now + 60 };
}

/** An assertion whose payload is this text, signed as the client does. */
export function signedText(
  { pair: { algorithm, privateKey, publicJwk } }: SigningClient,
  payload: string,
): Promise<string> {
  return new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: algorithm, kid: publicJwk.kid })
    .sign(privateKey);
}

/** Shows the assertion to an endpoint. @param more further parameters of the form */
export function show(
  assertion: string,
  {
    endpoint = 'token',
    more = '',
    ...request
  }: TokenRequest & { readonly endpoint?: Endpoint; readonly more?: string } = {},
): Promise<TokenAnswer<TokenBody & OAuthErrorBody>> {
  const { path, form } = ENDPOINTS[endpoint];
  return requestToken({ path, body: assertionForm(assertion, form + more), ...request });
}

/** `200`, or the status and error of a refusal: `401 invalid_client`. */
export async function outcomeOf(answer: Promise<TokenAnswer<unknown>>): Promise<string> {
  const answered = await answer;
  return answered.status === 200 ? '200' : errorOf(answered as TokenAnswer<{ error?: string }>);
}

/** Why the organization's clients were refused, as its audit log has it: oldest first. */
export async function refusalsOf(organization: TestOrganization): Promise<AuditEvent[]> {
  const { audit_events } = await ask<{ audit_events: AuditEvent[] }>(
    'GET',
    `${organization.path}/audit-events?action=oauth_client.refused&limit=500`,
    { as: organization.owner.session },
  );
  return audit_events.toReversed();
}

/** As they are advertised, in this order. */
export const ASSERTION_ALGORITHMS = [
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...['PS256', 'PS384', 'PS512'],
];

/** How an assertion that counts for nothing is answered, whatever is wrong with it. */
export const INVALID_CLIENT = '401 invalid_client';

/** Whose assertions are tried, in an organization of their own. */
export interface SigningParties {
  readonly organization: TestOrganization;
  readonly client: SigningClient;
  readonly other: SigningClient;
  readonly withSecret: TestClient;
}

export async function newSigningParties(): Promise<SigningParties> {
  const organization = await newOrganization();
  const [client, other, withSecret] = await Promise.all([
    newSigningClient(organization),
    newSigningClient(organization),
    organization.client(),
  ]);
  return { organization, client, other, withSecret };
}

/** What each endpoint answers to a new assertion of the same kind. */
export async function everywhere(
  make: () => Promise<string>,
  request: Parameters<typeof show>[1] = {},
): Promise<Record<Endpoint, string>> {
  const outcomes = await Promise.all(
    ALL_ENDPOINTS.map(async (endpoint) => [
      endpoint,
      await outcomeOf(show(await make(), { endpoint, ...request })),
    ]),
  );
  return Object.fromEntries(outcomes) as Record<Endpoint, string>;
}

/** The same answer at each endpoint, as `everywhere` has it. */
export function eachOf(outcome: string): Record<Endpoint, string> {
  return Object.fromEntries(ALL_ENDPOINTS.map((endpoint) => [endpoint, outcome])) as never;
}
