import { FormBody } from '../http/input/form-body.js';
import { AuthenticatedClient } from './authentication/authenticated-client.js';
import { type Grant } from './grants/grant.js';
import { UnauthorizedClient } from './oauth.errors.js';
import { TokenController } from './token.controller.js';

const client = new AuthenticatedClient({
  id: 'client',
  organizationId: 'organization',
  projectId: null,
  scopes: new Set(['read']),
  defaultScopes: ['read'],
  tokenTtlSeconds: 60,
});

function grant(type: string, isPermitted: boolean): Grant {
  return {
    type,
    permits: () => isPermitted,
    issue: () => Promise.resolve({ token: type, expiresInSeconds: 60, scopes: ['read'] }),
  };
}

describe('the token endpoint with several grants', () => {
  const controller = new TokenController([grant('open', true), grant('closed', false)]);
  const ask = (form: string): Promise<unknown> =>
    controller.issue(client, FormBody.parse(Buffer.from(form)));

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
