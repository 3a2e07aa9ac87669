/** All of it: requests in flight, the database's own end. After that the process goes anyway. */
const HARD_LIMIT_MS = 15_000;

/**
 * What has to be undone when the process ends, latest first, and the signals that ask for it. A
 * signal during the start takes effect as soon as the step in progress is over.
 */
export class Shutdown {
  private readonly tasks: (() => Promise<void>)[] = [];
  private starting: Promise<unknown> = Promise.resolve();
  private requested = false;

  /** From now on SIGTERM, SIGINT and the end of a parent that talks to this process stop it. */
  listen(): void {
    for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) {
      process.on(event, () => void this.stop(0));
    }
  }

  /** Remembers what to do at the end. */
  defer(task: () => Promise<void>): void {
    this.tasks.push(task);
  }

  /** Runs the start; a stop waits for it to have returned. */
  async during<T>(start: () => Promise<T>): Promise<T> {
    const running = start();
    this.starting = running.catch(() => undefined);
    return running;
  }

  /** @throws StartInterrupted between two steps of a start that is no longer wanted */
  check(): void {
    if (this.requested) throw new StartInterrupted();
  }

  /** Undoes everything and ends the process; of several calls the first counts. */
  async stop(exitCode: number): Promise<void> {
    if (this.requested) return;
    this.requested = true;
    setTimeout(() => process.exit(1), HARD_LIMIT_MS).unref();
    await this.starting;
    let code = exitCode;
    for (const task of this.tasks.toReversed()) {
      await task().catch((error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        code = 1;
      });
    }
    process.exit(code);
  }
}

/** A signal came while the server was starting. */
export class StartInterrupted extends Error {}
