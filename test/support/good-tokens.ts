import { bearerChallenge } from './challenges.js';
import { call, type TestOrganization } from './keycap.js';
import { INACTIVE, introspect } from './oauth-endpoints.js';
import { HOST } from './resource-servers.js';

/** Whether each token is good. What introspection says must hold at Keycap's own API as well. */
export async function areGood(tokens: readonly string[]): Promise<boolean[]> {
  return Promise.all(
    tokens.map(async (token) => {
      const { body } = await introspect(HOST, token);
      const { status } = await call('GET', '/v1/me', { as: token });
      if (status !== (body.active ? 200 : 401)) {
        throw new Error(`active is ${String(body.active)}, and /v1/me says ${String(status)}`);
      }
      return body.active;
    }),
  );
}

/** Whether the organization and introspection take a token: both do, or neither, or the test fails. */
export async function isGoodIn({ path }: TestOrganization, token: string): Promise<boolean> {
  const [api, { body, text }] = await Promise.all([
    call('GET', path, { as: token }),
    introspect(HOST, token),
  ]);
  const challenge = api.headers.get('www-authenticate');
  expect([api.status, challenge, body.active]).toEqual(
    body.active ? [200, null, true] : [401, bearerChallenge(true), false],
  );
  if (!body.active) expect(text).toBe(INACTIVE);
  return body.active;
}
