import { Problem } from '../problem.js';

/** 404: there is no such mail, or it was sent, or its link is dead by now. */
export class MailNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('no such mail waits or has failed');
  }
}
