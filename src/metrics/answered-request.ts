/** An answered request. */
export interface AnsweredRequest {
  readonly method: string;
  /** The route's template, never a path: paths hold ids. Null where there is no such route. */
  readonly route: string | null;
  readonly status: number;
  readonly seconds: number;
}
