import { Problem } from '../problem.js';

/** 409: another organization has this slug. */
export class SlugTaken extends Problem {
  readonly status = 409;
  readonly code = 'slug_taken';

  constructor() {
    super('this slug is taken');
  }
}

/** 400: whoever deletes an organization types its slug. */
export class ConfirmationMismatch extends Problem {
  readonly status = 400;
  readonly code = 'confirmation_mismatch';

  constructor() {
    const sentence = 'confirm must be the slug of the organization';
    super(sentence, { fields: { confirm: [sentence] } });
  }
}

/** 410: it was deleted too long ago to come back. */
export class RestoreExpired extends Problem {
  readonly status = 410;
  readonly code = 'restore_expired';

  constructor() {
    super('the organization was deleted more than 30 days ago');
  }
}

/** 403: only operators create organizations here (KEYCAP_ORGANIZATION_CREATION). */
export class OrganizationCreationRestricted extends Problem {
  readonly status = 403;
  readonly code = 'organization_creation_restricted';

  constructor() {
    super('organizations are created by operators here');
  }
}
