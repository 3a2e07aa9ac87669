import { Problem, TooManyRequests } from '../problem.js';

/** 400: the request lacks a parameter or contradicts itself (RFC 6749 §5.2). */
export class InvalidTokenRequest extends Problem {
  readonly status = 400;
  readonly code = 'invalid_request';
}

/** 400: no grant of this name (RFC 6749 §5.2). */
export class UnsupportedGrantType extends Problem {
  readonly status = 400;
  readonly code = 'unsupported_grant_type';

  constructor() {
    super('this grant type is not supported');
  }
}

/** 400: a grant that the client may not use (RFC 6749 §5.2). */
export class UnauthorizedClient extends Problem {
  readonly status = 400;
  readonly code = 'unauthorized_client';

  constructor() {
    super('the client may not use this grant type');
  }
}

/** 400: a scope that is malformed, unknown, or more than the client may have (RFC 6749 §5.2). */
export class ScopeRefused extends Problem {
  readonly status = 400;
  readonly code = 'invalid_scope';

  constructor(reason: string) {
    super('the requested scope is malformed or exceeds what the client may have', { reason });
  }
}

/** 400: a resource that is unknown, malformed, or none of the client's (RFC 8707 §2). */
export class InvalidTarget extends Problem {
  readonly status = 400;
  readonly code = 'invalid_target';

  constructor(reason: string) {
    super('the requested resource is unknown, malformed, or none that the client may ask for', {
      reason,
    });
  }
}

/** 429: the client has been issued its `max_tokens_per_hour` within the clock hour. */
export class TooManyTokens extends TooManyRequests {
  constructor(retryAfterSeconds: number) {
    super(retryAfterSeconds, 'the client has been issued as many tokens as it may be in an hour');
  }
}
