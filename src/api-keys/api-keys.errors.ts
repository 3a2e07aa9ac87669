import { Problem } from '../problem.js';

/** 404: also for a key that exists and that the caller can't see. */
export class ApiKeyNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('api key not found');
  }
}

/** 400: a scope that this deployment does not have. */
export class InvalidScope extends Problem {
  readonly status = 400;
  readonly code = 'invalid_scope';

  constructor(unknown: readonly string[]) {
    super('unknown scope', { fields: { scopes: unknown.map((scope) => `${scope} is no scope`) } });
  }
}

/** 400: a key that would be dead when it is handed over. */
export class ExpiresInPast extends Problem {
  readonly status = 400;
  readonly code = 'expires_in_past';

  constructor() {
    super('expires_at must be in the future', {
      fields: { expires_at: ['expires_at must be in the future'] },
    });
  }
}

/** 400: what concerns the organization can't be held by a key of a project. */
export class ScopeNotAllowedForProjectKey extends Problem {
  readonly status = 400;
  readonly code = 'scope_not_allowed_for_project_key';

  constructor(scopes: readonly string[]) {
    super('a key of a project cannot hold these scopes', {
      fields: { scopes: scopes.map((scope) => `${scope} concerns the whole organization`) },
    });
  }
}

/** 403: nobody hands out more than he holds. */
export class ScopeExceedsCreator extends Problem {
  readonly status = 403;
  readonly code = 'scope_exceeds_creator';

  /** @param what ends the sentence "this credential cannot make a key ..." */
  constructor(what: string) {
    super(`this credential cannot make a key ${what}`);
  }
}
