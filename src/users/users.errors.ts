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

/** 409: it is the identity provider's session, which Keycap cannot end. */
export class ExternalSessionNotEnded extends Problem {
  readonly status = 409;
  readonly code = 'external_session';

  constructor() {
    super('this is a session of your identity provider: sign out there');
  }
}

/** 403: the password that was to be replaced is another. 401 would say that the session is dead. */
export class WrongPassword extends Problem {
  readonly status = 403;
  readonly code = 'wrong_password';

  constructor() {
    super('the current password is wrong');
  }
}

/** 409: someone who signs in elsewhere has none to change; a reset sets one. */
export class NoPassword extends Problem {
  readonly status = 409;
  readonly code = 'no_password';

  constructor() {
    super('this account has no password: ask for a reset to set one');
  }
}

/** 409: nothing is left to verify. */
export class EmailAlreadyVerified extends Problem {
  readonly status = 409;
  readonly code = 'email_already_verified';

  constructor() {
    super('the e-mail address is verified already, or there is none');
  }
}

/** 410: a reset link that is unknown, used or too old; which of them is nobody's business. */
export class ResetExpired extends Problem {
  readonly status = 410;
  readonly code = 'reset_expired';

  constructor() {
    super('this reset link is used or too old: ask for another');
  }
}

/** 410: the same of a verification link. */
export class VerificationExpired extends Problem {
  readonly status = 410;
  readonly code = 'verification_expired';

  constructor() {
    super('this verification link is used or too old: ask for another');
  }
}
