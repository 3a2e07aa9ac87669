import { Problem, TooManyRequests } from '../../problem.js';

/** 400: no hash that an imported key can be recognised by, or one that costs too much. */
export class HashNotSupported extends Problem {
  readonly status = 400;
  readonly code = 'hash_not_supported';

  /** @param complaint ends the sentence "the hash is not supported: ..." */
  constructor(complaint: string) {
    super(`the hash is not supported: ${complaint}`);
  }
}

/** 400: keys that begin so would be taken for something else. */
export class PrefixNotAllowed extends Problem {
  readonly status = 400;
  readonly code = 'prefix_not_allowed';

  /** @param complaint ends the sentence "key_prefix ..." */
  constructor(complaint: string) {
    super(`key_prefix ${complaint}`);
  }
}

/** 409: of slow hashes that could be a key's, all have to be tried. */
export class PrefixTooCommon extends Problem {
  readonly status = 409;
  readonly code = 'prefix_too_common';

  constructor(most: number) {
    super(`${most} keys with a slow hash and this key_prefix are there: give a longer one`);
  }
}

/** 409: every process keeps the prefixes in mind. */
export class PrefixLimitReached extends Problem {
  readonly status = 409;
  readonly code = 'prefix_limit_reached';

  constructor(most: number) {
    super(`an organization imports keys with ${most} different key_prefix at most`);
  }
}

/** 409: a key that is shown names one organization. Which has the hash is nobody else's business. */
export class AlreadyImported extends Problem {
  readonly status = 409;
  readonly code = 'already_imported';

  constructor() {
    super('this hash was imported before');
  }
}

const BUSY = 'too many imported keys are used for the first time, try again';

/** 429: more imported keys are used for the first time than this machine hashes for. */
export class KeyHashingBusy extends TooManyRequests {
  override readonly code = 'busy';

  constructor() {
    super(1, BUSY);
  }
}

/** 503: the same to an authenticated caller who asks about a key; nothing was decided. */
export class KeySearchBusy extends Problem {
  readonly status = 503;
  readonly code = 'busy';

  constructor() {
    super(BUSY, { headers: { 'retry-after': '1' } });
  }
}
