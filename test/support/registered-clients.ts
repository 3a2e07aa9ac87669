import { ClientManagement } from './oauth-clients.js';
import { newOrganization, type TestClient, type TestOrganization } from './keycap.js';
import { newSigningPair, REPORTS, type SigningPair } from './oauth-endpoints.js';

/** What an organization registers before its programs can get tokens: one client of each kind. */
export interface RegisteredClients {
  readonly organization: TestOrganization;
  /** With a secret, and opaque tokens. */
  readonly opaque: TestClient;
  /** With a secret, and tokens that are JWTs. */
  readonly jwt: TestClient;
  /** Signs instead of having a secret. */
  readonly signing: { readonly id: string; readonly pair: SigningPair };
}

/** What each of them is granted that asks for no scope, at the issuer. */
export const GRANTED = 'introspection organizations:read';

/** All have the same scopes, and may ask for REPORTS. */
export async function registerClients(): Promise<RegisteredClients> {
  const organization = await newOrganization();
  const management = new ClientManagement(organization);
  const common = {
    scopes: [...GRANTED.split(' '), REPORTS.scope],
    resources: [REPORTS.resource],
  };
  const withSecret = async (format: 'jwt' | 'opaque'): Promise<TestClient> => {
    const made = await management.create({ ...common, token_format: format });
    const { oauth_client, client_secret: secret, basic_credential: basicCredential } = made;
    return { id: oauth_client.client_id, secret, basicCredential };
  };
  const pair = await newSigningPair();
  const keys = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [pair.publicJwk] } };
  const [opaque, jwt, { oauth_client }] = await Promise.all([
    withSecret('opaque'),
    withSecret('jwt'),
    management.create({ ...common, ...keys }),
  ]);
  return { organization, opaque, jwt, signing: { id: oauth_client.client_id, pair } };
}
