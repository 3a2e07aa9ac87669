import { Problem } from '../../problem.js';

/** 409: the first request with this key has not been answered yet. */
export class IdempotencyInProgress extends Problem {
  readonly status = 409;
  readonly code = 'idempotency_in_progress';

  constructor() {
    super('a request with this Idempotency-Key is still running, try again', {
      headers: { 'retry-after': '1' },
    });
  }
}

/** 409: the first request did its work, and its process ended before the answer was kept. */
export class IdempotencyAnswerLost extends Problem {
  readonly status = 409;
  readonly code = 'idempotency_answer_lost';

  constructor() {
    super(
      'the first request with this Idempotency-Key was carried out but its answer is lost; ' +
        'look at what it made before you send another one',
    );
  }
}

/** 422: the key was used before, for another request. */
export class IdempotencyKeyReused extends Problem {
  readonly status = 422;
  readonly code = 'idempotency_key_reused';

  constructor() {
    super('this Idempotency-Key was used for a request with another body');
  }
}
