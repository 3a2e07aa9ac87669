/**
 * An outbound request that was not made, because of where it would have gone. The message is for the
 * log: it holds the host at most, never the rest of the URL. The caller decides what whoever
 * gave the URL reads.
 */
export class OutboundRefused extends Error {
  override readonly name = 'OutboundRefused';
}

/**
 * An outbound request that got no acceptable answer. The message is for the log; it holds nothing of
 * the answer but its status, and there is no cause, because Node's errors carry pieces of answers.
 */
export class OutboundFailed extends Error {
  override readonly name = 'OutboundFailed';
}
