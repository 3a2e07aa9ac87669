import { type LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import { describeFault, withoutValues } from '../errors/fault-description.js';

const STANDARD_ERROR = 2;
let destination: ReturnType<typeof pino.destination> | null = null;

/** The process's structured log: JSON lines on standard error, so that output stays data. */
export function createLogger(level: string): Logger {
  destination ??= pino.destination(STANDARD_ERROR);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeFault },
    },
    destination,
  );
}

/**
 * Writes the rest of the log, as the last thing before the process ends. Without it the library
 * does so while the process exits, and there waits for ever where nobody reads any more.
 */
export async function endLog(): Promise<void> {
  const ending = destination;
  if (!ending) return;
  await new Promise<void>((resolve) => {
    ending.once('close', resolve);
    ending.once('error', () => {
      resolve();
    });
    ending.end();
  });
}

/** Lets the framework speak through the same log; its start-up chatter is debug output. */
export class FrameworkLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...details: unknown[]): void {
    this.logger.debug(...entryOf(message, details));
  }

  warn(message: unknown, ...details: unknown[]): void {
    this.logger.warn(...entryOf(message, details));
  }

  error(message: unknown, ...details: unknown[]): void {
    this.logger.error(...entryOf(message, details));
  }
}

/** The framework hands over messages, stacks, errors and names of contexts in no fixed order. */
function entryOf(message: unknown, details: readonly unknown[]): [object, string] {
  const fault = [message, ...details].find((each) => each instanceof Error);
  const words = [message, ...details].filter((each) => typeof each === 'string');
  return [fault ? { err: fault } : {}, words.map(withoutValues).join(' | ')];
}
