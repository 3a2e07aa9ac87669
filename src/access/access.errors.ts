import { Problem, TooManyRequests } from '../problem.js';

/**
 * 401: the credential is missing or bad, and nothing else. What exactly was wrong with it stays
 * in `reason`.
 */
export class Unauthenticated extends Problem {
  readonly status = 401;
  readonly code = 'unauthorized';
  /** False when no credential was shown at all (RFC 6750 §3.1: then no error code either). */
  readonly presented: boolean;
  /** Whether the credential was a good one once: whoever shows it is not guessing. */
  readonly wasIssued: boolean;

  constructor(reason: string, presented = true, wasIssued = false) {
    super(presented ? 'invalid credentials' : 'authentication required', { reason });
    this.presented = presented;
    this.wasIssued = wasIssued;
  }

  /** For a credential that is known, and dead or not good for this use. */
  static despiteIssue(reason: string): Unauthenticated {
    return new Unauthenticated(reason, true, true);
  }
}

/** 429: a good credential that has used up its limit. */
export class CredentialLimitReached extends TooManyRequests {
  constructor(retryAfterSeconds: number) {
    super(retryAfterSeconds, 'the credential has used up its rate limit, try again later');
  }
}

/** 400: two credentials in one request; which one counts must not be a matter of luck. */
export class AmbiguousCredentials extends Problem {
  readonly status = 400;
  readonly code = 'ambiguous_credentials';

  constructor(message = 'send either Authorization or X-API-Key, and each only once') {
    super(message);
  }
}

/** 403: a good credential of a kind that this operation does not take. */
export class CredentialNotAccepted extends Problem {
  readonly status = 403;
  readonly code = 'credential_not_accepted';

  constructor() {
    super('this operation does not accept this kind of credential');
  }
}

/**
 * 403: a browser sent the session cookie, or asked for one, without proof that a page of this
 * deployment wanted it to.
 */
export class CrossSite extends Problem {
  readonly status = 403;
  readonly code = 'cross_site';

  constructor() {
    super('this request does not come from a page of this deployment');
  }
}

/** 403: the person's role in the organization is too low. */
export class InsufficientRole extends Problem {
  readonly status = 403;
  readonly code = 'insufficient_role';

  constructor(message = 'your role in this organization does not allow this') {
    super(message);
  }
}

/** 403: the key or token lacks a scope (RFC 6750 §3.1 `insufficient_scope`). */
export class InsufficientScope extends Problem {
  readonly status = 403;
  readonly code = 'insufficient_scope';
  readonly scope: string;

  constructor(scope: string) {
    super(`the credential lacks the scope ${scope}`);
    this.scope = scope;
  }
}

/** 403: a credential confined to a project asked for something that concerns the organization. */
export class ConfinedToProject extends Problem {
  readonly status = 403;
  readonly code = 'confined_to_project';

  constructor() {
    super('a credential of a project cannot do this for the whole organization');
  }
}

/** 403: the organization is suspended; people may still read it. */
export class OrganizationSuspended extends Problem {
  readonly status = 403;
  readonly code = 'organization_suspended';

  constructor() {
    super('this organization is suspended');
  }
}

/** 404: also where the organization exists but the caller can't see it. */
export class OrganizationNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('organization not found');
  }
}

/** 500: a route without an access rule. Closed by default; a test finds such routes. */
export class UndeclaredAccess extends Problem {
  readonly status = 500;
  readonly code = 'internal_error';

  constructor(route: string) {
    super('internal error', { reason: `no access rule is declared for ${route}` });
  }
}
