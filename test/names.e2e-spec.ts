import { call, newOrganization, randomText } from './support/keycap.js';
import type { Answer, ErrorBody, Method, TestOrganization } from './support/keycap.js';
import { runProgram, MAIN, startServer } from './support/servers.js';

const SENTENCE = 'must be a text of 1 to 100 characters, neither blank nor with control characters';

const UNFIT = [
  '',
  ' ',
  '\t',
  '\u200b\u2060',
  'a\u0007b',
  'a\nb',
  'a\u0085b',
  'a\u2028b',
  'a\u202eb',
  'a\u2066b',
  'a\u200fb',
  'x'.repeat(101),
  7,
];

describe('names', () => {
  let organization: TestOrganization;
  let invitation: string;

  beforeAll(async () => {
    organization = await newOrganization();
    const { body } = await call<{ accept_url: string }>(
      'POST',
      `${organization.path}/invitations`,
      {
        as: organization.owner.session,
        body: { email: `${randomText()}@keycap.test`, role: 'member' },
      },
    );
    invitation = body.accept_url.slice(body.accept_url.indexOf('#token=') + '#token='.length);
  });

  interface Naming {
    readonly of: string;
    readonly method: Method;
    readonly path: () => string;
    readonly body: (name: unknown) => object;
    readonly field?: string;
    readonly anonymous?: true;
  }

  const namings: readonly Naming[] = [
    {
      of: 'a key',
      method: 'POST',
      path: () => `${organization.path}/api-keys`,
      body: (name) => ({ name, scopes: ['jobs:read'] }),
    },
    {
      of: 'a client',
      method: 'POST',
      path: () => `${organization.path}/oauth-clients`,
      body: (name) => ({ name }),
    },
    {
      of: 'a new organization',
      method: 'POST',
      path: () => '/v1/organizations',
      body: (name) => ({ name }),
    },
    {
      of: 'an organization',
      method: 'PATCH',
      path: () => organization.path,
      body: (name) => ({ name }),
    },
    {
      of: 'a project',
      method: 'POST',
      path: () => '/v1/projects',
      body: (name) => ({ name, organization_id: organization.id }),
    },
    { of: 'a person', method: 'PATCH', path: () => '/v1/users/me', body: (name) => ({ name }) },
    {
      of: 'someone who signs up',
      method: 'POST',
      path: () => '/v1/invitations/accept',
      body: (name) => ({ name, token: invitation, password: 'a long enough passphrase' }),
      anonymous: true,
    },
    {
      of: 'the first owner',
      method: 'POST',
      path: () => '/v1/setup',
      body: (name) => ({ name, email: 'a@b.test', password: 'x', organization_name: 'Own' }),
      anonymous: true,
    },
    {
      of: 'the first organization',
      method: 'POST',
      path: () => '/v1/setup',
      body: (name) => ({ organization_name: name, email: 'a@b.test', password: 'x' }),
      field: 'organization_name',
      anonymous: true,
    },
  ];

  const send = (
    { method, path, body, anonymous }: Naming,
    name: unknown,
  ): Promise<Answer<ErrorBody>> =>
    call(method, path(), {
      ...(anonymous ? {} : { as: organization.owner.session }),
      body: body(name),
    });

  it.each(namings)('$of: neither blank, nor with what reorders or hides text', async (naming) => {
    const { field = 'name' } = naming;
    for (const name of UNFIT) {
      const { status, body } = await send(naming, name);
      expect([name, status, body.fields]).toEqual([
        name,
        400,
        { [field]: [`${field} ${SENTENCE}`] },
      ]);
    }
  });

  it.each(namings.slice(0, 6))('$of: any script, emoji and 100 characters', async (naming) => {
    for (const name of ['Zoë & 東京 🧑‍🚀', 'שלום', '😀'.repeat(100)]) {
      expect((await send(naming, name)).status).toBeLessThan(300);
    }
  });

  it('KEYCAP_ORGANIZATION: the same rule', async () => {
    const env = {
      KEYCAP_OWNER_EMAIL: 'owner@keycap.test',
      KEYCAP_OWNER_PASSWORD: 'a long enough passphrase',
      KEYCAP_ORGANIZATION: 'a\u202eb',
    };
    const { ended, errors } = runProgram(process.execPath, [MAIN], env);
    expect(await ended).toBe(1);
    expect(errors()).toContain('must be a name of 1 to 100 characters, neither blank');
    const server = await startServer({ env: { ...env, KEYCAP_ORGANIZATION: 'Société' } });
    expect(await server.stop()).toBe(0);
  });
});
