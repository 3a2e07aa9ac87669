/** The JSON of an answer `T`: a direct handler may return it, and it is sent as it is. */
export class JsonText<T> {
  /** Tells the texts of different answers apart, for the compiler alone. */
  declare protected readonly answer: T;

  constructor(readonly text: string) {}

  static of<T extends object>(answer: T): JsonText<T> {
    return new JsonText(JSON.stringify(answer));
  }
}
