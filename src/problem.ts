/** Per input field, the sentences that say what is wrong with it. */
export type FieldProblems = Readonly<Record<string, readonly string[]>>;

export interface ProblemDetails {
  /** For the log and the audit view only; never sent to the caller. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fields?: FieldProblems;
}

/**
 * A refusal that a caller may see. Each subclass is one named complaint: its HTTP status and its
 * stable code stand on the class, `message` is the sentence for the caller and `reason` the one
 * for the log. The filters in `src/http` give it the wire form of the dialect that was asked.
 */
export abstract class Problem extends Error {
  abstract readonly status: number;
  abstract readonly code: string;
  readonly reason: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly fields: FieldProblems | undefined;

  constructor(message: string, details: ProblemDetails = {}) {
    super(message);
    this.name = new.target.name;
    this.reason = details.reason;
    this.headers = details.headers ?? {};
    this.fields = details.fields;
  }
}

/** 400: what was sent breaks a stated rule; `fields` says which input and why. */
export class ValidationFailed extends Problem {
  readonly status = 400;
  readonly code = 'validation_error';

  constructor(fields: FieldProblems, message = 'the request is not valid') {
    super(message, { fields });
  }
}

/** 429 with `Retry-After`, in whole seconds. */
export class TooManyRequests extends Problem {
  readonly status = 429;
  readonly code: string = 'rate_limited';

  constructor(retryAfterSeconds: number, message = 'too many failed attempts, try again later') {
    super(message, {
      headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) },
    });
  }
}

/** 503 with `Retry-After`: something this server needs is away; nothing was decided. */
export class ServiceUnavailable extends Problem {
  readonly status = 503;
  readonly code = 'unavailable';

  constructor(reason: string) {
    super('the service is not available right now, try again', {
      reason,
      headers: { 'retry-after': '1' },
    });
  }
}
