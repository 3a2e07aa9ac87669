import { Problem } from '../../problem.js';

export class MemberNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('member not found');
  }
}

/** 409: an organization has at least one active owner, always. */
export class LastOwner extends Problem {
  readonly status = 409;
  readonly code = 'last_owner';

  constructor() {
    super('the last active owner of an organization cannot be removed, demoted or paused');
  }
}

/** 403: owners are touched by owners in person alone, never by admins or machines. */
export class CannotModifyOwner extends Problem {
  readonly status = 403;
  readonly code = 'cannot_modify_owner';

  constructor() {
    super('only an owner can change or remove an owner');
  }
}

/** 409: ownership is handed to someone else, not to oneself. */
export class AlreadyOwner extends Problem {
  readonly status = 409;
  readonly code = 'already_owner';

  constructor() {
    super('you own this organization already: name another member');
  }
}

/** 403: nobody makes an owner who is none. */
export class CannotGrantOwner extends Problem {
  readonly status = 403;
  readonly code = 'cannot_grant_owner';

  constructor(message = 'only an owner can make someone an owner') {
    super(message);
  }
}
