import { ask, call } from './keycap.js';
import type { Answer, CallOptions, ErrorBody, Method } from './keycap.js';
import { startServer } from './servers.js';
import type { TestServer } from './servers.js';

/** A server of a test's own, for what would disturb the others, with one organization. */
export interface OwnServer {
  readonly server: TestServer;
  readonly url: string;
  /** The owner's session token. */
  readonly session: string;
  readonly organizationId: string;
  /** `/v1/organizations/{id}`. */
  readonly path: string;
  /** `call` to this server, as the owner unless told otherwise. */
  call<T = ErrorBody>(method: Method, path: string, options?: CallOptions): Promise<Answer<T>>;
}

export async function startOwnServer(
  options: Parameters<typeof startServer>[0] = {},
): Promise<OwnServer> {
  const server = await startServer(options);
  const { url } = server;
  const setUp = await ask<{ session_token: string; organization: { id: string } }>(
    'POST',
    '/v1/setup',
    {
      url,
      headers: { 'x-setup-token': server.setupToken ?? '' },
      body: {
        email: 'owner@keycap.test',
        password: 'a long enough passphrase',
        organization_name: 'Own',
      },
      expect: 201,
    },
  );
  const session = setUp.session_token;
  return {
    server,
    url,
    session,
    organizationId: setUp.organization.id,
    path: `/v1/organizations/${setUp.organization.id}`,
    call: (method, path, more) => call(method, path, { url, as: session, ...more }),
  };
}
