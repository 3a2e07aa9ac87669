import { inDatabase, type TestOrganization } from './keycap.js';
import { ClientManagement, type IssuedSecret } from './oauth-clients.js';
import { requestToken } from './token-endpoint.js';

/** What a client can be set to get; nearly all that is said of tokens holds for either. */
export const FORMATS = ['opaque', 'jwt'] as const;
export type Format = (typeof FORMATS)[number];

/** A new client of the organization that gets its tokens in this format. */
export function clientOf(
  organization: TestOrganization,
  format: Format,
  more: object = {},
): Promise<IssuedSecret> {
  return new ClientManagement(organization).create({ token_format: format, ...more });
}

/** A new client in each format. */
export async function clientsOf(
  organization: TestOrganization,
  more: object = {},
): Promise<Record<Format, IssuedSecret>> {
  return {
    opaque: await clientOf(organization, 'opaque', more),
    jwt: await clientOf(organization, 'jwt', more),
  };
}

export const idOf = ({ oauth_client }: IssuedSecret): string => oauth_client.client_id;

export const authorizationOf = ({ basic_credential }: IssuedSecret): string =>
  `Basic ${basic_credential}`;

/** A new access token of the client. @param parameters further ones of the form: `scope=read` */
export async function tokenOf(client: IssuedSecret, parameters = ''): Promise<string> {
  const { status, text, body } = await requestToken({
    authorization: authorizationOf(client),
    body: `grant_type=client_credentials${parameters && `&${parameters}`}`,
  });
  if (status !== 200) throw new Error(`no token: ${String(status)} ${text}`);
  return body.access_token;
}

/** Gives the client's next tokens a life so short, in seconds, that a test sees its end. */
export async function shortenTokensOf(client: IssuedSecret, seconds: number): Promise<void> {
  const sql = 'UPDATE oauth_clients SET token_ttl_seconds = $2 WHERE client_id = $1';
  await inDatabase(sql, [idOf(client), seconds]);
}

export interface StoredToken {
  readonly table: string;
  readonly period: number;
  readonly digest: Buffer;
  readonly revoked: boolean;
}

/** The rows of a client's tokens. */
export function storedTokensOf(
  { oauth_client }: IssuedSecret,
  databaseUrl?: string,
): Promise<StoredToken[]> {
  return inDatabase<StoredToken & Record<string, unknown>>(
    `SELECT tableoid::regclass::text AS table, period, digest, revoked_at IS NOT NULL AS revoked
       FROM access_tokens WHERE client_id = $1`,
    [oauth_client.client_id],
    databaseUrl,
  );
}
