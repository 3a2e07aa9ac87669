import { call } from './keycap.js';
import { introspect } from './oauth-endpoints.js';
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
