import { call, newOrganization, newPerson } from './support/keycap.js';
import {
  confirmEmail,
  confirmReset,
  newPassword,
  resetTokenOf,
  verificationTokenOf,
} from './support/passwords.js';
import { startServer, type TestServer } from './support/servers.js';

/** A door, and whether a secret opens it. */
type Door = (secret: string) => Promise<boolean>;

let fresh: TestServer;
beforeAll(async () => {
  fresh = await startServer();
});
afterAll(() => fresh.stop());

const isGood = ({ status }: { status: number }): boolean => status >= 200 && status < 300;

function doorsOf(organizationPath: string, clientId: string): Record<string, Door> {
  const withHeader = (path: string, name: string) => async (secret: string) =>
    isGood(await call('GET', path, { headers: { [name]: secret } }));
  return {
    session: async (secret) => isGood(await call('GET', '/v1/users/me', { as: secret })),
    key: withHeader(organizationPath, 'x-api-key'),
    token: async (secret) =>
      isGood(await call('GET', '/api/v3/public/organizations/', { as: secret })),
    client: async (secret) =>
      isGood(
        await call('POST', '/o/token/', {
          as: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
          form: { grant_type: 'client_credentials' },
        }),
      ),
    cursor: async (secret) =>
      isGood(
        await call('GET', `${organizationPath}/members?cursor=${encodeURIComponent(secret)}`, {
          headers: { 'x-api-key': keyForCursors },
        }),
      ),
    invitation: withHeader('/v1/invitations/lookup', 'x-invitation-token'),
    reset: async (secret) => isGood(await confirmReset(secret, newPassword())),
    verification: async (secret) => isGood(await confirmEmail(secret)),
    setup: async (secret) =>
      isGood(
        await call('POST', '/v1/setup', {
          url: fresh.url,
          headers: { 'x-setup-token': secret },
          body: {
            email: 'first@keycap.test',
            password: newPassword(),
            organization_name: 'First',
          },
        }),
      ),
  };
}

let keyForCursors = '';

it('A42: a secret of one purpose is worth nothing at the door of another', async () => {
  const organization = await newOrganization();
  const person = await newPerson();
  const key = await organization.apiKey();
  keyForCursors = key.plaintext;
  const client = await organization.client();
  await organization.member('member');
  const { body: page } = await call<{ next_cursor: string }>(
    'GET',
    `${organization.path}/members?limit=1`,
    { as: organization.owner.session },
  );
  const { body: invitation } = await call<{ accept_url: string }>(
    'POST',
    `${organization.path}/invitations`,
    { as: organization.owner.session, body: { email: 'invited@keycap.test', role: 'member' } },
  );
  const signedIn = await call('POST', '/v1/sessions', {
    body: { email: person.email, password: person.password },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  const device = signedIn.headers.getSetCookie().find((each) => each.includes('_device='));
  const secrets: Record<string, string> = {
    session: person.session,
    key: key.plaintext,
    token: await organization.token(),
    client: client.secret,
    cursor: page.next_cursor,
    device: /=([^;]+)/.exec(device ?? '')?.[1] ?? '',
    invitation: invitation.accept_url.split('#token=')[1] ?? '',
    reset: await resetTokenOf(person.email),
    verification: await verificationTokenOf(person, 2),
    setup: fresh.setupToken ?? '',
  };
  expect(Object.values(secrets)).not.toContain('');

  const doors = doorsOf(organization.path, client.id);
  const opened: string[] = [];
  // Each secret at the doors of the others first: its own may use it up.
  for (const [kind, secret] of Object.entries(secrets)) {
    for (const [door, opens] of Object.entries(doors)) {
      if (door !== kind && (await opens(secret))) opened.push(`${kind} at ${door}`);
    }
  }
  // An API key is a bearer credential as well, and serves Keyo's paths by its scopes.
  expect(opened).toEqual(['key at token']);
  // The reset last: it ends the session.
  for (const door of Object.keys(doors).toSorted(
    (a, b) => Number(a === 'reset') - Number(b === 'reset'),
  )) {
    expect([door, await doors[door]!(secrets[door]!)]).toEqual([door, true]);
  }
});
