import { ask, newOrganization, type TestClient, type TestOrganization } from '../keycap.js';
import { clientAssertion } from '../oauth-endpoints.js';
import { registerClients, type RegisteredClients } from '../registered-clients.js';
import { testVariable } from '../servers.js';

/** Who may be behind a generated request, and what it may be about. */
export interface Cast extends RegisteredClients {
  /** A client of another organization. */
  readonly stranger: TestClient;
  /** Of the client that signs; each is good once. */
  readonly assertions: readonly string[];
  /** Bearer credentials that may introspect. */
  readonly viewers: readonly string[];
  /** One that may as well, for `X-API-Key`. */
  readonly apiKey: string;
  /** Good bearer credentials that may not. */
  readonly powerless: readonly string[];
  /** Good tokens and keys to ask about and to revoke; nobody calls with one of them. */
  readonly tokens: readonly string[];
  /** To be forged. */
  readonly genuineJwt: string;
}

const ASSERTIONS = 400;
/** As far ahead as an assertion may expire, less what the tests take to begin. */
const ASSERTION_SECONDS = 290;
const TOKENS_OF_EACH = 20;

export async function assembleCast(): Promise<Cast> {
  const [clients, others] = await Promise.all([registerClients(), newOrganization()]);
  const stranger = await others.client();
  const own = { clients, others, stranger };
  const [assertions, credentials, tokens] = await Promise.all([
    signAssertions(clients),
    bearerCredentials(clients),
    tokensToAskAbout(own),
  ]);
  return { ...clients, ...credentials, stranger, assertions, tokens };
}

/** What no answer may show. */
export function secretsOf(cast: Cast): string[] {
  const { opaque, jwt, stranger, viewers, powerless, tokens, apiKey, genuineJwt } = cast;
  const ofClients = [opaque, jwt, stranger].flatMap((each) => [each.secret, each.basicCredential]);
  return [...ofClients, ...viewers, ...powerless, ...tokens, apiKey, genuineJwt];
}

function signAssertions({ signing }: RegisteredClients): Promise<string[]> {
  const exp = Math.floor(Date.now() / 1000) + ASSERTION_SECONDS;
  return Promise.all(
    Array.from({ length: ASSERTIONS }, () =>
      clientAssertion(signing.id, signing.pair, { claims: { exp } }),
    ),
  );
}

async function bearerCredentials({
  organization,
  jwt,
}: RegisteredClients): Promise<Pick<Cast, 'apiKey' | 'genuineJwt' | 'powerless' | 'viewers'>> {
  const keyWith = async (scope: string): Promise<string> =>
    (await organization.apiKey({ scopes: [scope] })).plaintext;
  const genuineJwt = await tokenOf(jwt);
  return {
    viewers: [
      genuineJwt,
      await organization.token(['introspection']),
      testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN'),
      testVariable('KEYCAP_TEST_REPORTS_SERVER_TOKEN'),
    ],
    powerless: [
      await organization.token(['organizations:read']),
      await keyWith('organizations:read'),
      organization.owner.session,
    ],
    apiKey: await keyWith('introspection'),
    genuineJwt,
  };
}

/** Opaque ones, JWTs and keys, some of another organization. */
async function tokensToAskAbout({
  clients: { organization, opaque, jwt },
  others,
  stranger,
}: {
  clients: RegisteredClients;
  others: TestOrganization;
  stranger: TestClient;
}): Promise<string[]> {
  const owners = [opaque, jwt, stranger].flatMap((each) =>
    Array.from({ length: TOKENS_OF_EACH }, () => each),
  );
  const tokens = await Promise.all(owners.map(tokenOf));
  const keys = await Promise.all([organization.apiKey(), others.apiKey()]);
  return [...tokens, ...keys.map(({ plaintext }) => plaintext)];
}

async function tokenOf({ basicCredential }: TestClient): Promise<string> {
  const { access_token } = await ask<{ access_token: string }>('POST', '/o/token/', {
    as: `Basic ${basicCredential}`,
    form: { grant_type: 'client_credentials' },
  });
  return access_token;
}
