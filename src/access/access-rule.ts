import { type Role } from './principal.js';
import { type Scope } from './scopes/scopes.js';

/**
 * Who may call a route; every kind of credential that is not named is refused. People hold roles,
 * machines hold scopes, so a route states both.
 */
export interface AccessRule {
  /** Anyone, and no credential is read; with `user`, a person's session is, where one is shown. */
  readonly public?: true;
  /** A person with at least this role in the organization of the path. */
  readonly role?: Role;
  /** A signed-in person; the organization, if one is concerned, is judged by the service. */
  readonly user?: true;
  /** An API key or access token that holds this scope. */
  readonly scope?: Scope;
  /** An API key or access token, whatever its scopes. */
  readonly machine?: true;
  /** An OAuth client by its own credentials: with this scope, or any (`true`). */
  readonly client?: Scope | true;
  /** One of the host's resource servers. */
  readonly resourceServer?: true;
  /** Internal admin tooling. */
  readonly operator?: true;
  /** Whether people may still call it while the organization is suspended. */
  readonly whileSuspended?: true;
}

const RULES = new WeakMap<object, AccessRule>();

/** Declares the rule of a route's handler. */
export function declareAccess(handler: object, rule: AccessRule): void {
  RULES.set(handler, Object.freeze(rule));
}

/** The rule of a handler, or undefined where none was declared. */
export function accessRuleOf(handler: object): AccessRule | undefined {
  return RULES.get(handler);
}

/** There another kind of credential is no wrong right but no authentication (RFC 6749 §5.2). */
export function isForClientsAlone(rule: AccessRule): boolean {
  const { client, role, user, scope, machine, resourceServer, operator } = rule;
  return client !== undefined && !(role ?? user ?? scope ?? machine ?? resourceServer ?? operator);
}
