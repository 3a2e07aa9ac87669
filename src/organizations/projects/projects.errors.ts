import { Problem } from '../../problem.js';

/** 404: a credential or client was to be confined to a project that the organization lacks. */
export class ProjectNotFound extends Problem {
  readonly status = 404;
  readonly code = 'project_not_found';

  constructor() {
    super('project not found');
  }
}

/** 409: another project of the organization has this slug. */
export class ProjectSlugTaken extends Problem {
  readonly status = 409;
  readonly code = 'slug_taken';

  constructor() {
    super('this slug is taken');
  }
}
