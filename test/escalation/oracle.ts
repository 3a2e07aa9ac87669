import type { Actor } from './actors.js';
import { isWithin } from './address-range.js';
import { covers, fitsIntoProject, isKnown } from './rights.js';

/** A refusal as `403 insufficient_scope`. */
export type Refusal = `${number} ${string}`;

/** What a key, a client or a secret of one brings with it. */
export interface Handed {
  readonly scopes: readonly string[];
  /** Null for the whole organization. */
  readonly project: string | null;
  /** Null for any address. */
  readonly addresses: readonly string[] | null;
  /** Null for never. */
  readonly expiresAt: Date | null;
}

const EXCESS: Refusal = '403 scope_exceeds_creator';

/**
 * Why the one may not do what takes this scope of a machine and the rank of an admin of a person;
 * null where he may.
 */
export function refusalAtTheGate({ role, rights }: Actor, scope: string): Refusal | null {
  if (role !== null) return role === 'member' ? '403 insufficient_role' : null;
  return rights.has(scope) ? null : '403 insufficient_scope';
}

/** Everything that is wrong with handing this out; each of them is reason enough. */
export function refusalsOf(
  actor: Actor,
  { scopes, project, addresses, expiresAt }: Handed,
  ownProjects: readonly string[],
): Refusal[] {
  const isMisfit = project !== null && scopes.some((scope) => !fitsIntoProject(scope));
  const exceeds =
    scopes.some((scope) => !covers(actor.rights, scope)) ||
    (actor.project !== null && actor.project !== project) ||
    outlives(actor, expiresAt) ||
    reachesFurther(actor, addresses);
  return [
    ...refusedIf(!scopes.every(isKnown), '400 invalid_scope'),
    ...refusedIf(isMisfit, '400 scope_not_allowed_for_project_key'),
    ...refusedIf(expiresAt !== null && expiresAt <= new Date(), '400 expires_in_past'),
    ...refusedIf(exceeds, EXCESS),
    ...refusedIf(project !== null && !ownProjects.includes(project), '404 project_not_found'),
  ];
}

function outlives(actor: Actor, expiresAt: Date | null): boolean {
  return actor.expiresAt !== null && (expiresAt === null || expiresAt > actor.expiresAt);
}

export function reachesFurther(
  { addresses: own }: Pick<Actor, 'addresses'>,
  wanted: readonly string[] | null,
): boolean {
  if (own === null) return false;
  return !wanted?.every((range) => isWithin(range, own));
}

export function refusedIf(isRefused: boolean, refusal: Refusal): Refusal[] {
  return isRefused ? [refusal] : [];
}
