import type { ProjectBody } from '../src/organizations/projects/projects.dto.js';
import { ask, call, newOrganization, randomText, type TestOrganization } from './support/keycap.js';
import { startServer } from './support/servers.js';

describe('null counts as absent where a new thing may leave a member out', () => {
  let organization: TestOrganization;
  let as: string;

  beforeAll(async () => {
    organization = await newOrganization();
    as = organization.owner.session;
  });

  const invite = async (): Promise<{ token: string; email: string }> => {
    const email = `${randomText()}@keycap.test`;
    const { accept_url } = await ask<{ accept_url: string }>(
      'POST',
      `${organization.path}/invitations`,
      { as, body: { email, role: 'member', expires_in_days: null }, expect: 201 },
    );
    return { token: accept_url.slice(accept_url.indexOf('#token=') + '#token='.length), email };
  };

  it('accepting: no password is no account, and no name the one before the @', async () => {
    const { token, email } = await invite();
    const refused = await call('POST', '/v1/invitations/accept', {
      body: { token, password: null },
    });
    expect([refused.status, refused.body.fields]).toEqual([
      400,
      { password: ['password is required to make an account'] },
    ]);
    const body = { token, name: null, password: 'a long enough passphrase' };
    const { member } = await ask<{ member: { user: { name: string } } }>(
      'POST',
      '/v1/invitations/accept',
      { body },
    );
    expect(member.user.name).toBe(email.split('@', 1).join());
  });

  it('accepting as a signed-in person: no password is asked for', async () => {
    const { token } = await invite();
    const answer = await call('POST', '/v1/invitations/accept', {
      as,
      body: { token, name: null, password: null },
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'email_mismatch']);
  });

  it('a project: of the one organization of a key; a person has to name it', async () => {
    const { plaintext } = await organization.apiKey();
    const body = { organization_id: null, name: 'Null and void', slug: null };
    const { project } = await ask<{ project: ProjectBody }>('POST', '/v1/projects', {
      as: plaintext,
      body,
      expect: 201,
    });
    expect([project.organization_id, project.slug]).toEqual([organization.id, 'null-and-void']);
    const unnamed = await call('POST', '/v1/projects', { as, body });
    expect([unnamed.status, unnamed.body.fields]).toEqual([
      400,
      { organization_id: ['organization_id is required'] },
    ]);
  });

  it('an organization: a slug made of the name, and no metadata', async () => {
    const name = `Null ${randomText()}`;
    const made = await ask<{ organization: { slug: string; metadata: object } }>(
      'POST',
      '/v1/organizations',
      { as, body: { name, slug: null, metadata: null }, expect: 201 },
    );
    expect(made.organization).toMatchObject({
      slug: name.toLowerCase().replace(' ', '-'),
      metadata: {},
    });
  });

  it('the first owner: the name before the @', async () => {
    const server = await startServer();
    try {
      const { user } = await ask<{ user: { name: string } }>('POST', '/v1/setup', {
        url: server.url,
        headers: { 'x-setup-token': server.setupToken ?? '' },
        body: {
          email: 'ada@keycap.test',
          password: 'a long enough passphrase',
          name: null,
          organization_name: 'Own',
        },
        expect: 201,
      });
      expect(user.name).toBe('ada');
    } finally {
      await server.stop();
    }
  });

  it('but changes nothing to null', async () => {
    for (const body of [{ name: null }, { slug: null }, { metadata: null }]) {
      expect((await call('PATCH', organization.path, { as, body })).status).toBe(400);
    }
  });
});
