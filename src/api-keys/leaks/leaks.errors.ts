import { Problem } from '../../problem.js';

/** 400: a message that none of the configured keys has signed. */
export class ForeignSignature extends Problem {
  readonly status = 400;
  readonly code = 'foreign_signature';

  constructor() {
    super('the message is not signed by a key that this deployment knows');
  }
}
