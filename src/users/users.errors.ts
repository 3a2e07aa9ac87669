import { Problem, TooManyRequests } from '../problem.js';

/** 401: wrong e-mail or wrong password; which of them is nobody's business. */
export class InvalidCredentials extends Problem {
  readonly status = 401;
  readonly code = 'invalid_credentials';

  constructor(reason: string) {
    super('e-mail or password is wrong', { reason });
  }
}

/** 429: more sign-ins than this machine hashes passwords for. */
export class PasswordHashingBusy extends TooManyRequests {
  override readonly code = 'busy';

  constructor() {
    super(1, 'too many sign-ins at once, try again');
  }
}

/** 409: the address has an account; nobody signs up with it again. */
export class SignInRequired extends Problem {
  readonly status = 409;
  readonly code = 'sign_in_required';

  constructor() {
    super('an account with this e-mail address exists: sign in instead');
  }
}

export class UserNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('user not found');
  }
}

export class SessionNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('session not found');
  }
}
