import { OPERATIONS } from './isolation/operations.js';
import { filledOperation, idsFrom, send } from './isolation/requests.js';
import type { Member, Tenant } from './isolation/tenant.js';
import { Maker, PASSWORD, tenantOf } from './isolation/tenant.js';
import { invite } from './support/invitations.js';
import type { TestOrganization } from './support/keycap.js';
import { inDatabase, newOrganization } from './support/keycap.js';
import { Description } from './support/openapi.js';
import { newPassword, resetTokenOf } from './support/passwords.js';

/** Members of an answer that are a credential, or lead to one. */
const CREDENTIALS = /(?:^|_)(?:token|secret|password|credential|api_key|assertion)$|^accept_url$/;

type Body = Readonly<Record<string, unknown>>;

/** What somebody sends, and what comes of it while his account is live and once it is disabled. */
interface Way {
  readonly live: number;
  readonly locked: number;
  /** His session unless given; undefined for no credential. */
  readonly as?: (person: Member) => string | undefined;
  /** Beside the good body of the isolation matrix; made while the account is live. */
  readonly body?: (person: Member) => Body | Promise<Body>;
}

const nobody = (): undefined => undefined;
const BY_SESSION: readonly Way[] = [{ live: 201, locked: 401 }];
/** There is no password grant, whoever the client is. */
const BY_PASSWORD_GRANT: Way = {
  live: 400,
  locked: 400,
  as: () => `Basic ${tenant.basicCredential}`,
  body: ({ email }) => ({ grant_type: 'password', username: email, password: PASSWORD }),
};

/** Every operation that gives a credential or sets a password: a new one fails until it is here. */
const WAYS: Readonly<Record<string, readonly Way[]>> = {
  acceptInvitation: [
    { live: 200, locked: 401, body: async (person) => invitationOf(person) },
    {
      live: 409,
      locked: 409,
      as: nobody,
      body: async (person) => ({ ...(await invitationOf(person)), password: PASSWORD }),
    },
  ],
  addClientSecret: BY_SESSION,
  changeMyPassword: [
    {
      live: 204,
      locked: 401,
      body: () => ({ current_password: PASSWORD, new_password: newPassword() }),
    },
  ],
  confirmPasswordReset: [
    {
      live: 204,
      locked: 410,
      as: nobody,
      body: async ({ email }) => ({ token: await resetTokenOf(email, 2), password: newPassword() }),
    },
  ],
  createApiKey: BY_SESSION,
  createInvitation: BY_SESSION,
  createInvitations: [{ live: 200, locked: 401 }],
  createOAuthClient: BY_SESSION,
  issueToken: [BY_PASSWORD_GRANT],
  issueTokenAtV1OauthToken: [BY_PASSWORD_GRANT],
  operatorCreateOrganization: [{ live: 403, locked: 401 }],
  operatorInviteOwner: [{ live: 403, locked: 401 }],
  resendInvitation: BY_SESSION,
  rotateApiKey: BY_SESSION,
  rotateClientSecret: BY_SESSION,
  setUp: [{ live: 409, locked: 409, as: nobody }],
  signIn: [
    {
      live: 201,
      locked: 401,
      as: nobody,
      body: ({ email }) => ({ email, password: PASSWORD }),
    },
  ],
};

/**
 * What these give is good for nothing until a person approves, who is looked at again then:
 * test/device-login-keys.e2e-spec.ts disables him in between.
 */
const FOR_AN_APPROVAL = ['pollDeviceLogin', 'startDeviceLogin'];

let description: Description;
let tenant: Tenant;
let other: TestOrganization;

beforeAll(async () => {
  let own: TestOrganization;
  [description, own, other] = await Promise.all([
    Description.of(),
    newOrganization(),
    newOrganization(),
  ]);
  tenant = await tenantOf({ organizationId: own.id, session: own.owner.session });
});

/** To another organization, for whoever has proven his address. */
async function invitationOf({ email }: Member): Promise<Body> {
  await inDatabase('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
  return { token: (await invite(other, { email })).token, password: undefined };
}

/** What comes of it for a new admin of the tenant. */
async function statusOf(id: string, way: Way, isLocked: boolean): Promise<number> {
  const make = Maker.in(tenant);
  const person = await make.member('admin');
  const row = OPERATIONS[id]!;
  const body = (await way.body?.(person)) ?? {};
  if (isLocked) {
    await inDatabase('UPDATE users SET disabled_at = now() WHERE email = $1', [person.email]);
  }
  const { status } = await send(filledOperation(description, id, row), tenant, {
    as: (way.as ?? (({ session }) => session))(person),
    ids: idsFrom(row, tenant.objects),
    body,
  });
  return status;
}

it('S14: lists every operation that can yield a credential', () => {
  const leading = description.operations.filter((operation) => {
    const { request, answer } = description.bodiesOf(operation);
    const setsPassword = description.namesIn(request).some((name) => name.endsWith('password'));
    return setsPassword || description.namesIn(answer).some((name) => CREDENTIALS.test(name));
  });
  expect(leading.map(({ operationId }) => operationId).toSorted()).toEqual(
    [...Object.keys(WAYS), ...FOR_AN_APPROVAL].toSorted(),
  );
});

it.each(Object.entries(WAYS).flatMap(([id, ways]) => ways.map((way) => [id, way] as const)))(
  'S14 A17: %s lets no disabled account in',
  async (id, way) => {
    const found = [await statusOf(id, way, false), await statusOf(id, way, true)];
    expect(found).toEqual([way.live, way.locked]);
    expect(way.locked).toBeGreaterThanOrEqual(400);
  },
);
