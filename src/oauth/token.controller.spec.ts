import { FormBody } from '../http/input/form-body.js';
import { AuthenticatedClient } from './authentication/authenticated-client.js';
import { UNBOUNDED } from '../access/principal.js';
import { type ClientRefusals } from './client-refusals.js';
import { type Grant } from './grants/grant.js';
import { UnauthorizedClient } from './oauth.errors.js';
import { TokenController } from './token.controller.js';

const client = new AuthenticatedClient({
  id: 'client',
  organizationId: 'organization',
  projectId: null,
  scopes: new Set(['read']),
  defaultScopes: ['read'],
  bounds: UNBOUNDED,
  tokens: { format: 'opaque', ttlSeconds: 60, maxPerHour: null, reuse: false, resources: [] },
  descent: { organizationGeneration: 1, clientGeneration: 1, secretId: null, secretGeneration: 0 },
});

const origin = { ip: '192.0.2.1', requestId: 'request', userAgent: null };
/** Notes nothing: what it notes is shown over HTTP. */
const refusals = {
  during: (_client: unknown, _origin: unknown, work: () => Promise<unknown>) => work(),
} as unknown as ClientRefusals;

function grant(type: string, isPermitted: boolean): Grant {
  return {
    type,
    permits: () => isPermitted,
    issue: () =>
      Promise.resolve({ token: type, expiresInSeconds: 60, scopes: ['read'], isNew: true }),
  };
}

describe('the token endpoint with several grants', () => {
  const controller = new TokenController([grant('open', true), grant('closed', false)], refusals);
  const ask = (form: string): Promise<unknown> =>
    controller.issue(client, FormBody.parse(Buffer.from(form)), origin);

  it('takes the one that is named', async () => {
    expect(await ask('grant_type=open')).toEqual({
      access_token: 'open',
      expires_in: 60,
      token_type: 'Bearer',
      scope: 'read',
    });
  });

  it('CC-10 refuses one that the client may not use (S34)', async () => {
    await expect(ask('grant_type=closed')).rejects.toThrow(UnauthorizedClient);
    expect(new UnauthorizedClient()).toMatchObject({ status: 400, code: 'unauthorized_client' });
  });
});
