import type { TokenBody } from '../../src/oauth/token.dto.js';
import type { IssuedSecret } from './oauth-clients.js';
import { type OAuthErrorBody, requestToken, type TokenAnswer } from './token-endpoint.js';

/** Asks for a token as this client; `parameters` stand in the form as they are given. */
export function askForToken(
  { basic_credential }: IssuedSecret,
  parameters = '',
): Promise<TokenAnswer<TokenBody & OAuthErrorBody>> {
  return requestToken({
    authorization: `Basic ${basic_credential}`,
    body: `grant_type=client_credentials${parameters && `&${parameters}`}`,
  });
}

/** The token that this client gets; anything but 200 fails the test at once. */
export async function tokenOf(client: IssuedSecret, parameters = ''): Promise<string> {
  const { status, text, body } = await askForToken(client, parameters);
  if (status !== 200) throw new Error(`a token for ${parameters}: ${String(status)}: ${text}`);
  return body.access_token;
}

/** The parameter of RFC 8707. */
export const forResource = (resource: string): string => `resource=${encodeURIComponent(resource)}`;
