import { bearerChallenge } from './support/challenges.js';
import { call, inDatabase, newOrganization, type TestClient } from './support/keycap.js';
import { testVariable } from './support/servers.js';
import { requestToken } from './support/token-endpoint.js';

const INVALID_TOKEN = bearerChallenge(true);

describe('an access token at /v1', () => {
  let organization: Awaited<ReturnType<typeof newOrganization>>;
  let client: TestClient;
  let token: string;

  const issue = async ({ basicCredential }: TestClient): Promise<string> => {
    const { body } = await requestToken({ authorization: `Basic ${basicCredential}` });
    return body.access_token;
  };

  beforeAll(async () => {
    organization = await newOrganization();
    client = await organization.client({ scopes: ['organizations:read'] });
    token = await issue(client);
  });

  const read = (as?: string): ReturnType<typeof call> => call('GET', organization.path, { as });
  /** What an `Authorization` header as it is gets. */
  const readWith = (authorization: string): ReturnType<typeof call> =>
    call('GET', organization.path, { headers: { authorization } });

  it('says who calls', async () => {
    const answer = await call<{ principal: object }>('GET', '/v1/me', { as: token });
    expect(answer.status).toBe(200);
    expect(answer.body.principal).toMatchObject({
      auth_source: 'oauth_client',
      user_id: null,
      organization_id: organization.id,
      project_id: null,
      scopes: ['organizations:read'],
    });
  });

  it('BR-07 takes the scheme in any case', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      expect((await readWith(`${scheme} ${token}`)).status).toBe(200);
    }
  });

  it('is 401 where it looks like two kinds of credential at once', async () => {
    const issuers = [testVariable('KEYCAP_TEST_URL'), 'https://issuer.test', 5];
    const claims = issuers.map((iss) => Buffer.from(JSON.stringify({ iss })).toString('base64url'));
    for (const brand of ['capy_live_', 'capy_test_', 'kcs_', 'kcr_', 'kco_', 'kci_', 'e', '']) {
      for (const payload of claims) {
        const { status } = await readWith(`Bearer ${brand}a.${payload}.a`);
        expect([brand, payload, status]).toEqual([brand, payload, 401]);
      }
    }
  });

  it('BR-02 is 401 where it is none, with one challenge (traps A3, A13, A14)', async () => {
    const wrong = [
      'x',
      'x'.repeat(43),
      token.slice(1),
      `${token}x`,
      `${token} ${token}`,
      'a b',
      'a"b\\',
      '',
      client.secret,
    ];
    for (const each of wrong) {
      const { status, headers, body } = await readWith(`Bearer ${each}`);
      expect([each, status, headers.get('www-authenticate')]).toEqual([each, 401, INVALID_TOKEN]);
      expect(body).toEqual({
        error: 'invalid credentials',
        code: 'unauthorized',
        request_id: headers.get('x-request-id'),
      });
    }
  });

  it('BR-01 BR-09 has no error code in the challenge where nothing was shown', async () => {
    const { status, headers } = await read();
    expect([status, headers.get('www-authenticate')]).toEqual([401, bearerChallenge(false)]);
  });

  it('BR-03 lacks a scope: 403, naming it (BR-06, trap A14)', async () => {
    const { status, headers, body } = await call('GET', `${organization.path}/members`, {
      as: token,
    });
    expect([status, body.code]).toEqual([403, 'insufficient_scope']);
    expect(headers.get('www-authenticate')).toBe(
      'Bearer realm="keycap", error="insufficient_scope", scope="members:read"',
    );
  });

  it('BR-05 proves nothing in the query or the body (trap A12)', async () => {
    const query = await call('GET', `/v1/me?access_token=${token}`);
    expect(query.status).toBe(401);
    for (const access_token of [token, { a: 1 }]) {
      const body = await call('PATCH', organization.path, { body: { access_token } });
      expect(body.status).toBe(401);
    }
    const form = await call('PATCH', organization.path, { form: { access_token: token } });
    expect(form.status).not.toBe(200);
  });

  it('BR-04 is refused beside another credential', async () => {
    const answer = await call('GET', organization.path, {
      as: token,
      headers: { 'x-api-key': 'capy_live_x' },
    });
    expect([answer.status, answer.body.code]).toEqual([400, 'ambiguous_credentials']);
  });

  it('BR-08 gets answers that no cache keeps', async () => {
    const { headers } = await read(token);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('S39 can do what it was asked for, and nothing else that its client may do', async () => {
    const { basicCredential } = await organization.client();
    const narrow = await requestToken({
      authorization: `Basic ${basicCredential}`,
      body: 'grant_type=client_credentials&scope=read',
    });
    const as = narrow.body.access_token;
    expect((await read(as)).status).toBe(200);
    const write = await call('PATCH', organization.path, { as, body: { name: 'Renamed' } });
    expect([write.status, write.body.code]).toEqual([403, 'insufficient_scope']);
  });

  it('A65 is not what is stored of it', async () => {
    const rows = await inDatabase<{ digest: Buffer }>(
      'SELECT digest FROM access_tokens WHERE client_id = $1',
      [client.id],
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      expect((await read(rows[0]!.digest.toString(encoding))).status).toBe(401);
    }
  });

  it('S42 is no person, whatever it may do', async () => {
    const as = await organization.token(['*']);
    for (const path of ['/v1/users/me', '/v1/sessions', '/v1/organizations']) {
      const answer = await call('GET', path, { as });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });

  it('opens no other organization', async () => {
    const stranger = await newOrganization();
    const answer = await call('GET', stranger.path, { as: token });
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  });

  it.each([
    ['it has expired', 'UPDATE access_tokens SET expires_at = now() WHERE client_id = $1'],
    ['it is revoked', 'UPDATE access_tokens SET revoked_at = now() WHERE client_id = $1'],
    ['its client is disabled', 'UPDATE oauth_clients SET is_active = false WHERE client_id = $1'],
    ['its client is deleted', 'UPDATE oauth_clients SET deleted_at = now() WHERE client_id = $1'],
  ])('dies once %s', async (_, sql) => {
    const its = await organization.client();
    const as = await issue(its);
    expect((await read(as)).status).toBe(200);
    await inDatabase(sql, [its.id]);
    const { status, headers } = await read(as);
    expect([status, headers.get('www-authenticate')]).toEqual([401, INVALID_TOKEN]);
  });

  it.each([
    ['suspended', 'UPDATE organizations SET suspended_at = now() WHERE slug = $1'],
    ['deleted', 'UPDATE organizations SET deleted_at = now() WHERE slug = $1'],
  ])('dies once its organization is %s', async (_, sql) => {
    const its = await newOrganization();
    const as = await its.token();
    expect((await call('GET', its.path, { as })).status).toBe(200);
    await inDatabase(sql, [its.slug]);
    const { status, headers } = await call('GET', its.path, { as });
    expect([status, headers.get('www-authenticate')]).toEqual([401, INVALID_TOKEN]);
  });

  it('does in a project only what a project allows, whatever its row says', async () => {
    const project_id = await organization.project();
    const its = await organization.client({ project_id });
    const as = await issue(its);
    const me = await call<{ principal: { project_id: string; scopes: string[] } }>(
      'GET',
      '/v1/me',
      {
        as,
      },
    );
    expect(me.body.principal).toMatchObject({ project_id, scopes: ['projects:read'] });
    const widened = ['*', 'members:read', 'projects:read'];
    await inDatabase('UPDATE oauth_clients SET scopes = $2 WHERE client_id = $1', [
      its.id,
      widened,
    ]);
    await inDatabase('UPDATE access_tokens SET scopes = $2 WHERE client_id = $1', [
      its.id,
      widened,
    ]);
    expect((await call('GET', `${organization.path}/members`, { as })).status).toBe(403);
    expect((await call('GET', `${organization.path}/oauth-clients`, { as })).status).toBe(403);
  });
});
