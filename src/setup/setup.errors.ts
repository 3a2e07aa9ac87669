import { Problem } from '../problem.js';

/** 409: the deployment has its first owner. */
export class AlreadySetUp extends Problem {
  readonly status = 409;
  readonly code = 'already_set_up';

  constructor() {
    super('this deployment is set up already');
  }
}
