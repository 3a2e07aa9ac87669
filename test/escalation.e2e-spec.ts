import type { Role } from '../src/access/principal.js';
import type { Actor } from './escalation/actors.js';
import { actorsOf } from './escalation/actors.js';
import { tryClient, tryDevice, tryImport, tryKey } from './escalation/credentials.js';
import type { ExistingClient } from './escalation/existing-clients.js';
import { clientsIn, patchesOf, tryPatch, trySecret } from './escalation/existing-clients.js';
import type { ExistingKey } from './escalation/existing-keys.js';
import * as existingKeys from './escalation/existing-keys.js';
import { handingOut } from './escalation/handing-out.js';
import { inLanes } from './escalation/lanes.js';
import { refusalAtTheGate } from './escalation/oracle.js';
import { tryInvitation, tryInvitationBatch, tryResending } from './escalation/invitations.js';
import { MEMBER_ROUTES, ROLES, targetsIn, tryMember } from './escalation/people.js';
import type { Wanted } from './escalation/wanted.js';
import { wantedIn } from './escalation/wanted.js';
import type { Tenant } from './isolation/tenant.js';
import { tenantOf } from './isolation/tenant.js';
import { someOf, tellSeed } from './support/extent.js';
import { call, newOrganization } from './support/keycap.js';
import { Description } from './support/openapi.js';

/**
 * Nobody is handed more than he holds: every kind of actor tries every way of handing something
 * out, and `escalation/oracle.ts` says by contract.md alone what may come of it.
 */
let own: Tenant;
let foreign: Tenant;
let actors: readonly Actor[];

async function newTenant(): Promise<Tenant> {
  const { id, owner } = await newOrganization();
  return tenantOf({ organizationId: id, session: owner.session });
}

beforeAll(async () => {
  tellSeed();
  [own, foreign] = await Promise.all([newTenant(), newTenant()]);
  actors = await actorsOf(own);
});

it('S31: tries every operation that hands something out', async () => {
  // A new one fails here: try it below, then name it.
  expect(handingOut(await Description.of())).toEqual([
    'addClientSecret',
    'approveDeviceLogin',
    'changeApiKey',
    'changeMember',
    'changeOAuthClient',
    'createApiKey',
    'createInvitation',
    'createInvitations',
    'createOAuthClient',
    'importApiKeys',
    'keyoChangeMember',
    'keyoReplaceMember',
    'operatorCreateOrganization',
    'operatorInviteOwner',
    'pollDeviceLogin',
    'resendInvitation',
    'rotateApiKey',
    'rotateClientSecret',
    'startDeviceLogin',
  ]);
});

/** Whom the gate keeps out is shown it a few times, everybody else everything. */
function* attempts(scope: string, wanted: readonly Wanted[]): Generator<readonly [Actor, Wanted]> {
  for (const actor of actors) {
    const isOut = refusalAtTheGate(actor, scope) !== null;
    const tried = isOut ? wanted.slice(0, 2) : someOf(`${scope} ${actor.name}`, wanted);
    for (const each of tried) yield [actor, each];
  }
}

it('S31, A68: makes no key that may more than its maker', async () => {
  const wanted = wantedIn(own, foreign);
  const found = await inLanes(attempts('api_keys:write', wanted), ([actor, each]) =>
    tryKey(own, actor, each),
  );
  expect(found).toEqual([]);
});

it('S31, A68: lets no device have a key that may more than who approves it', async () => {
  const wanted = wantedIn(own, foreign).filter(({ addresses }) => addresses === undefined);
  const pairs = actors.flatMap((actor) =>
    (actor.role === null ? wanted.slice(0, 1) : someOf(actor.name, wanted)).map(
      (each) => [actor, each] as const,
    ),
  );
  const found = await inLanes(pairs, ([actor, each]) => tryDevice(own, actor, each));
  expect(found).toEqual([]);
});

it('S31, A68: takes no key over that may more than who does it', async () => {
  const wanted = wantedIn(own, foreign).filter(({ addresses }) => addresses === undefined);
  const found = await inLanes(attempts('api_keys:write', wanted), ([actor, each]) =>
    tryImport(own, actor, each),
  );
  expect(found).toEqual([]);
});

it('S31: makes no client that may more than its maker', async () => {
  const wanted = wantedIn(own, foreign).filter(({ expiresAt }) => expiresAt === undefined);
  const found = await inLanes(attempts('oauth_clients:write', wanted), ([actor, each]) =>
    tryClient(own, actor, each),
  );
  expect(found).toEqual([]);
});

describe('what exists', () => {
  let clients: readonly ExistingClient[];

  beforeAll(async () => {
    clients = await clientsIn(own);
  });

  it.each(['secrets', 'rotate-secret'] as const)(
    'S31: gives nobody a secret of a client that may more than he (%s)',
    async (way) => {
      const found = await inLanes(clients, (client) =>
        oneByOne(someOf(client.id, managers('oauth_clients:write')), (actor) =>
          trySecret(own, actor, client, way),
        ),
      );
      expect(found).toEqual([]);
    },
  );

  it('S31: is widened by nobody who holds less', async () => {
    const few = clients.filter(({ scopes }) => scopes.includes('projects:read'));
    const found = await inLanes(few, async (client) => {
      const patches = await patchesOf(client);
      return oneByOne(managers('oauth_clients:write'), (actor) =>
        oneByOne(someOf(`${client.id} ${actor.name}`, patches), (patch) =>
          tryPatch(own, actor, client, patch),
        ),
      );
    });
    expect(found).toEqual([]);
  });

  it('S31: is never widened by itself', async () => {
    const token = actors.find(({ name }) => name === 'a token of *')!;
    const path = `${own.path}/oauth-clients/${token.id}`;
    for (const body of [{ scopes: ['read'] }, { token_ttl_seconds: 86_400 }, { name: 'Other' }]) {
      const { status, body: refusal } = await call('PATCH', path, { as: token.as, body });
      expect([status, refusal.code]).toEqual([403, 'cannot_change_itself']);
    }
  });
});

describe('keys that exist', () => {
  let keys: readonly ExistingKey[];

  beforeAll(async () => {
    keys = await existingKeys.keysIn(own);
  });

  it('S31, A68: are replaced by nobody who holds less', async () => {
    const found = await inLanes(keys, (key) =>
      oneByOne(someOf(key.id, managers('api_keys:write')), (actor) =>
        existingKeys.tryRotation(own, actor, key),
      ),
    );
    expect(found).toEqual([]);
  });

  it('S31, A68: are widened by nobody, and loosened by nobody who holds less', async () => {
    const few = keys.filter(({ scopes }) => scopes.includes('projects:read'));
    const found = await inLanes(few, (key) =>
      oneByOne(managers('api_keys:write'), (actor) =>
        oneByOne(someOf(`${key.id} ${actor.name}`, existingKeys.patchesOf(key)), (patch) =>
          existingKeys.tryKeyPatch(own, actor, key, patch),
        ),
      ),
    );
    expect(found).toEqual([]);
  });
});

describe('people', () => {
  it('S31: are given no rank by those who have less', async () => {
    const targets = await targetsIn(own);
    const found = await inLanes(targets, (target) =>
      oneByOne(MEMBER_ROUTES, (route) =>
        oneByOne(someOf(`${target.userId} ${route.name}`, actors), (actor) =>
          tryMember(own, actor, target, route),
        ),
      ),
    );
    expect(found).toEqual([]);
  });

  it('S31: give themselves none', async () => {
    const promote = async (as: string): Promise<unknown[]> => {
      const path = `${own.path}/members/me`;
      const { status, body } = await call('PATCH', path, { as, body: { role: 'owner' } });
      return [status, body.code];
    };
    expect(await promote(own.admin.session)).toEqual([403, 'cannot_grant_owner']);
    expect(await promote(own.member.session)).toEqual([403, 'insufficient_role']);
    expect(await promote(own.key)).toEqual([404, 'not_found']);
  });

  it('S31: are invited to no rank above that of an admin', async () => {
    const found = await inLanes(withRoles(), ({ actor, role }) => tryInvitation(own, actor, role));
    expect(found).toEqual([]);
  });

  it('S31: are invited to none in a batch either', async () => {
    const found = await inLanes(actors, (actor) => tryInvitationBatch(own, actor, ROLES));
    expect(found).toEqual([]);
  });

  it("S31: get no new link of an owner's invitation", async () => {
    const found = await inLanes(withRoles(), ({ actor, role }) => tryResending(own, actor, role));
    expect(found).toEqual([]);
  });
});

function withRoles(): { readonly actor: Actor; readonly role: Role }[] {
  return actors.flatMap((actor) => ROLES.map((role) => ({ actor, role })));
}

/**
 * Those who may manage clients or keys, and two who may not. A key and a token of the same rights are judged
 * alike, as the making of new ones shows of each: here one of the two stands for both.
 */
function managers(scope: string): readonly Actor[] {
  const isOut = (actor: Actor): boolean => refusalAtTheGate(actor, scope) !== null;
  const alike = new Map<string, Actor[]>();
  for (const actor of actors) {
    const rights = actor.name.replace(/^a (?:key|token) /, '');
    alike.set(rights, [...(alike.get(rights) ?? []), actor]);
  }
  const some = [...alike.values()].map((pair, index) => pair[index % pair.length]!);
  return [...some.filter((actor) => !isOut(actor)), ...some.filter(isOut).slice(0, 2)];
}

async function oneByOne<T>(
  items: readonly T[],
  work: (item: T) => Promise<readonly string[]>,
): Promise<string[]> {
  const found: string[] = [];
  for (const item of items) found.push(...(await work(item)));
  return found;
}
