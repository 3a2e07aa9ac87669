export interface IdempotencyOptions {
  /** Members of the answer, at whatever depth, that are secrets and so not replayed for long. */
  readonly secrets?: readonly string[];
}

const OPTIONS = new WeakMap<object, IdempotencyOptions>();

/** Declares that a handler takes an `Idempotency-Key`. */
export function declareIdempotency(handler: object, options: IdempotencyOptions): void {
  OPTIONS.set(handler, Object.freeze(options));
}

/** What a handler declared, or undefined where it takes no `Idempotency-Key`. */
export function idempotencyOptionsOf(handler: object): IdempotencyOptions | undefined {
  return OPTIONS.get(handler);
}
