/** What a client shows of itself: its secret, by header or form, decoded. */
export interface ShownSecret {
  readonly clientId: string;
  readonly secret: string;
}

/** A JWT that the client has signed (RFC 7523 §2.2). */
export interface ShownAssertion {
  readonly assertion: string;
  /** The `client_id` beside it, where the form has one. */
  readonly clientId: string | undefined;
}

/** The outcome of holding what was shown against what is known of the client. */
export type Proof =
  | {
      readonly isGood: true;
      readonly secretId: string | null;
      readonly secretGeneration: number;
      /** When that by which the client proves itself ends; null for never. */
      readonly endsAt: Date | null;
    }
  /** `reason` is for the log and the audit view alone. */
  | { readonly isGood: false; readonly reason: string };

/** @param reason for the log and the audit view alone */
export function refused(reason: string): Proof {
  return { isGood: false, reason };
}
