import { Problem } from '../../problem.js';
import { AddressRanges } from '../addresses/address-ranges.js';
import { type Actor, type CredentialBounds } from '../principal.js';
import { type ScopeCatalogue } from './scopes.js';

/** 400: a scope that this deployment does not have. */
export class InvalidScope extends Problem {
  readonly status = 400;
  readonly code = 'invalid_scope';

  constructor(unknown: readonly string[]) {
    const sentences = unknown.map((scope) => `${scope} is not a scope of this deployment`);
    super('a scope is not known', { fields: { scopes: sentences } });
  }
}

/** 400: a scope that concerns the whole organization, for a credential confined to a project. */
export class ScopeNotAllowedForProjectKey extends Problem {
  readonly status = 400;
  readonly code = 'scope_not_allowed_for_project_key';

  constructor(refused: readonly string[]) {
    const sentences = refused.map((scope) => `${scope} cannot be held by a project's credential`);
    super('a credential of a project cannot hold these scopes', { fields: { scopes: sentences } });
  }
}

/** 400: a credential that would be dead when it is handed over. */
export class ExpiresInPast extends Problem {
  readonly status = 400;
  readonly code = 'expires_in_past';

  constructor() {
    const sentence = 'expires_at must be in the future';
    super(sentence, { fields: { expires_at: [sentence] } });
  }
}

/** 403: nobody hands out more than he holds. */
export class ScopeExceedsCreator extends Problem {
  readonly status = 403;
  readonly code = 'scope_exceeds_creator';

  /** @param excess ends the sentence "you cannot hand out what you do not hold: ..." */
  constructor(excess: string) {
    super(`you cannot hand out what you do not hold: ${excess}`);
  }
}

/** 403: what a credential may do is decided by others than itself. */
export class CannotChangeItself extends Problem {
  readonly status = 403;
  readonly code = 'cannot_change_itself';

  constructor() {
    super('a credential cannot change itself');
  }
}

/**
 * Whether a credential of this project (null: of the whole organization) can hold these scopes.
 *
 * @throws InvalidScope
 * @throws ScopeNotAllowedForProjectKey
 */
export function assertScopesFit(
  catalogue: ScopeCatalogue,
  scopes: readonly string[],
  projectId: string | null,
): void {
  const unknown = scopes.filter((scope) => !catalogue.isKnown(scope));
  if (unknown.length > 0) throw new InvalidScope(unknown);
  if (projectId === null) return;
  const refused = scopes.filter((scope) => !catalogue.isAllowedInProject(scope));
  if (refused.length > 0) throw new ScopeNotAllowedForProjectKey(refused);
}

/** @throws ScopeExceedsCreator unless the actor holds every one of the scopes */
export function assertHoldsScopes(
  catalogue: ScopeCatalogue,
  { scopes: held }: Pick<Actor, 'scopes'>,
  wanted: readonly string[],
): void {
  const missing = wanted.filter((scope) => !catalogue.covers(held, scope));
  if (missing.length > 0) throw new ScopeExceedsCreator(missing.join(' '));
}

/** Whether addresses (CIDRs; null for any) are allowed that were not before. */
export function reachesFurther(
  before: readonly string[] | null,
  after: readonly string[] | null,
): boolean {
  if (before === null) return false;
  const known = new AddressRanges(before);
  return after === null || after.some((range) => !known.cover(range));
}

/**
 * @param wanted CIDRs of a credential that is made or loosened; null for any address
 * @throws ScopeExceedsCreator unless the maker may be used from all of them himself
 */
export function assertAddressesWithin(
  { ipAllowlist }: CredentialBounds,
  wanted: readonly string[] | null,
): void {
  if (ipAllowlist === null) return;
  const own = new AddressRanges(ipAllowlist);
  const foreign = (wanted ?? ['0.0.0.0/0', '::/0']).find((range) => !own.cover(range));
  if (foreign !== undefined) throw new ScopeExceedsCreator(`the addresses ${foreign}`);
}
