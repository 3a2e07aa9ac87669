/** Where a credential with a limit stands within it. */
export interface RateLimitState {
  /** Most uses in a window. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** What is left of the window's uses; other nodes may be using some of it. */
  readonly remaining: number;
  /** When the window ends, by the database's clock. */
  readonly resetAt: Date;
  /** Until then. */
  readonly secondsLeft: number;
}
