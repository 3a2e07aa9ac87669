/** Numbers of one kind, a value for each day. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}
