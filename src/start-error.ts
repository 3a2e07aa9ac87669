/** A start that can't succeed. The message is one sentence for the operator and holds no secret. */
export class StartError extends Error {
  override readonly name: string = 'StartError';
}

/** One of several processes can't serve, and has said why. */
export class WorkersNotStarted extends Error {}
