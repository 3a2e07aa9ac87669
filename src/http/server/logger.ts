import { type LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import { describeFault, withoutValues } from '../errors/fault-description.js';

/** The process's structured log: JSON lines on standard error, so that output stays data. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeFault },
    },
    pino.destination(2),
  );
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
