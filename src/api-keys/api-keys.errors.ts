import { Problem } from '../problem.js';

/** 404: also for a key that exists and that the caller can't see. */
export class ApiKeyNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('api key not found');
  }
}

/** 409: a key that is revoked or has expired stays as it is; one that is disabled is not rotated. */
export class KeyNotActive extends Problem {
  readonly status = 409;
  readonly code = 'key_not_active';

  constructor() {
    super('the api key is not active any more');
  }
}

/** 409: a key has one successor, which is rotated next. */
export class AlreadyRotated extends Problem {
  readonly status = 409;
  readonly code = 'already_rotated';

  constructor() {
    super('the api key was rotated before: rotate the one that replaced it');
  }
}

/** 400: a key that holds more by a change would be another key. */
export class ScopesNotNarrower extends Problem {
  readonly status = 400;
  readonly code = 'scopes_not_narrower';

  constructor(added: readonly string[]) {
    const sentences = added.map((scope) => `the key does not hold ${scope}: create another key`);
    super('the scopes of a key can only be narrowed', { fields: { scopes: sentences } });
  }
}

/** 400: a key lives longer by a new one alone, unless it is the old one of a rotation. */
export class ExpiresLater extends Problem {
  readonly status = 400;
  readonly code = 'expires_later';

  constructor(latest: Date | null) {
    const sentence = `expires_at can't be later than ${latest?.toISOString() ?? 'it is'}`;
    super(sentence, { fields: { expires_at: [sentence] } });
  }
}
