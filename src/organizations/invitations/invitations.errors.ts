import { Problem } from '../../problem.js';

export class InvitationNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('invitation not found');
  }
}

/** 409: the address belongs to a member already. */
export class AlreadyMember extends Problem {
  readonly status = 409;
  readonly code = 'already_member';

  constructor() {
    super('this person is a member already');
  }
}

/** 409: an open invitation for the address exists. */
export class AlreadyInvited extends Problem {
  readonly status = 409;
  readonly code = 'already_invited';

  constructor() {
    super('this person has an open invitation already');
  }
}

/** 410: the invitation can no longer be accepted, and why. */
export class InvitationGone extends Problem {
  readonly status = 410;
  readonly code: `invitation_${'accepted' | 'expired' | 'revoked'}`;

  constructor(state: 'accepted' | 'expired' | 'revoked') {
    super(state === 'expired' ? 'the invitation has expired' : `the invitation was ${state}`);
    this.code = `invitation_${state}`;
  }
}

/** 403: the invitation is for another address than the signed-in person's. */
export class EmailMismatch extends Problem {
  readonly status = 403;
  readonly code = 'email_mismatch';

  constructor() {
    super('the invitation is for another e-mail address');
  }
}

/** 403: whoever joins a further organization must have proven his address. */
export class EmailNotVerified extends Problem {
  readonly status = 403;
  readonly code = 'email_not_verified';

  constructor() {
    super('verify your e-mail address first');
  }
}
