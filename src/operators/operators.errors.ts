import { Problem } from '../problem.js';

export class MailNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('mail not found');
  }
}

/** 409: it was sent, or its link is dead by now; nothing is kept of it that could be sent. */
export class MailNotRetryable extends Problem {
  readonly status = 409;
  readonly code = 'mail_not_retryable';

  constructor() {
    super('this mail was sent or is of no use any more');
  }
}
