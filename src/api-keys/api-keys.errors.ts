import { Problem } from '../problem.js';

/** 404: also for a key that exists and that the caller can't see. */
export class ApiKeyNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('api key not found');
  }
}
