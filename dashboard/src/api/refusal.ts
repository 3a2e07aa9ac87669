/** The `/v1` error body. */
interface ErrorBody {
  readonly error?: string;
  readonly code?: string;
  readonly request_id?: string;
  readonly fields?: Readonly<Record<string, readonly string[]>>;
}

/** An answer of the API that says no, or that there is none. */
export class Refusal extends Error {
  /** 0 where nothing answered. */
  readonly status: number;
  /** Stable, such as `last_owner`. */
  readonly code: string;
  /** By which operators find the request in their log. */
  readonly requestId: string | null;
  /** Seconds until another try may succeed. */
  readonly retryAfter: number | null;
  private readonly fields: Readonly<Record<string, readonly string[]>>;

  private constructor(status: number, body: ErrorBody, headers: Headers) {
    super(body.error ?? '');
    this.name = 'Refusal';
    this.status = status;
    this.code = body.code ?? 'unknown';
    this.requestId = body.request_id ?? headers.get('x-request-id');
    const seconds = headers.get('retry-after');
    this.retryAfter = seconds === null ? null : Number(seconds);
    this.fields = body.fields ?? {};
  }

  static of(response: Response, body: unknown): Refusal {
    const isObject = typeof body === 'object' && body !== null;
    return new Refusal(response.status, isObject ? body : {}, response.headers);
  }

  static ofSilence(): Refusal {
    return new Refusal(0, { code: 'unreachable' }, new Headers());
  }

  /** What is wrong with a field of the body that was sent. */
  field(name: string): string | undefined {
    return this.fields[name]?.join(' ');
  }

  get hasFields(): boolean {
    return Object.keys(this.fields).length > 0;
  }
}
