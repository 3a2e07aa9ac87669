import { Problem } from '../problem.js';

/** 409: another organization has this slug. */
export class SlugTaken extends Problem {
  readonly status = 409;
  readonly code = 'slug_taken';

  constructor() {
    super('this slug is taken');
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
