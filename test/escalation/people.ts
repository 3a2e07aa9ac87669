import type { Role } from '../../src/access/principal.js';
import { decodeId } from '../../src/access/ids.js';
import type { Answer, Method } from '../support/keycap.js';
import { call, inDatabase } from '../support/keycap.js';
import type { Tenant } from '../isolation/tenant.js';
import { Maker } from '../isolation/tenant.js';
import type { Actor } from './actors.js';
import { verdictOn } from './attempt.js';
import type { Refusal } from './oracle.js';
import { refusalAtTheGate, refusedIf } from './oracle.js';

export const ROLES: readonly Role[] = ['owner', 'admin', 'member'];

/** A member that is put back to its role whenever someone has changed it. */
export interface Target {
  readonly userId: string;
  readonly role: Role;
}

export async function targetsIn(tenant: Tenant): Promise<readonly Target[]> {
  const make = Maker.in(tenant);
  const targets = await Promise.all(
    ROLES.map(async (role) => ({ userId: await make.silentMember(), role })),
  );
  await Promise.all(targets.map((target) => putBack(tenant, target)));
  return targets;
}

/** One way of changing a member. */
export interface MemberRoute {
  readonly name: string;
  readonly method: Method;
  readonly isKeyo: boolean;
  /** Null takes the member away. */
  readonly role: Role | null;
}

export const MEMBER_ROUTES: readonly MemberRoute[] = [
  ...ROLES.flatMap((role) => [
    { name: `PATCH to ${role}`, method: 'PATCH' as const, isKeyo: false, role },
    { name: `Keyo's PATCH to ${role}`, method: 'PATCH' as const, isKeyo: true, role },
    { name: `Keyo's PUT to ${role}`, method: 'PUT' as const, isKeyo: true, role },
  ]),
  { name: 'DELETE', method: 'DELETE', isKeyo: false, role: null },
  { name: "Keyo's DELETE", method: 'DELETE', isKeyo: true, role: null },
];

export async function tryMember(
  tenant: Tenant,
  actor: Actor,
  target: Target,
  route: MemberRoute,
): Promise<string[]> {
  const { method, isKeyo, role } = route;
  const root = isKeyo ? `/api/v3/public/organizations/${tenant.id}` : tenant.path;
  const status = method === 'PUT' ? { status: 'active' } : {};
  const answer = await call(method, `${root}/members/${target.userId}${isKeyo ? '/' : ''}`, {
    as: actor.as,
    ...(role !== null && { body: { role, ...status } }),
  });
  if (answer.status < 300) await putBack(tenant, target);
  const what = `${route.name} of the ${target.role}`;
  const refusals = refusalsOfMember(actor, target, route);
  return isKeyo
    ? verdictByStatus(actor, what, answer, refusals)
    : verdictOn(actor, what, answer, refusals);
}

function refusalsOfMember(actor: Actor, { role: had }: Target, route: MemberRoute): Refusal[] {
  if (route.isKeyo && actor.role !== null) return ['403 credential_not_accepted'];
  const isOwner = actor.role === 'owner';
  const atGate = refusalAtTheGate(actor, 'members:write');
  // A member may take himself away, so that he is told of the owner first.
  const isLate = route.role === null && actor.role === 'member' && had === 'owner';
  if (atGate !== null) return isLate ? ['403 cannot_modify_owner'] : [atGate];
  return [
    ...refusedIf(had === 'owner' && !isOwner, '403 cannot_modify_owner'),
    ...refusedIf(route.role === 'owner' && had !== 'owner' && !isOwner, '403 cannot_grant_owner'),
  ];
}

/** Django REST Framework names no codes. */
function verdictByStatus(
  actor: Actor,
  what: string,
  answer: Answer<unknown>,
  refusals: readonly Refusal[],
): string[] {
  const isRight = refusals.length === 0 ? answer.status < 300 : answer.status === 403;
  return isRight ? [] : verdictOn(actor, what, answer, refusals);
}

async function putBack({ id }: Tenant, { userId, role }: Target): Promise<void> {
  await inDatabase(
    `INSERT INTO memberships (id, organization_id, user_id, role, status, created_at, updated_at)
     VALUES (gen_random_uuid(), $1, $2, $3, 'active', now(), now())
     ON CONFLICT (organization_id, user_id) DO UPDATE SET role = $3, status = 'active'`,
    [decodeId('organization', id), decodeId('user', userId), role],
  );
}
