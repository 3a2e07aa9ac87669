import { type LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import { describeFault, withoutValues } from '../errors/fault-description.js';

const STANDARD_ERROR = 2;
/**
 * Lines are written together, once there are so many bytes or after so many milliseconds: each write
 * costs as much as several lines. A crash loses the last ones, so what is an error is written at once.
 */
const TOGETHER_BYTES = 4096;
const TOGETHER_MS = 5;
const ERROR = 50;

let destination: ReturnType<typeof pino.destination> | null = null;
let waiting: NodeJS.Timeout | undefined;
let isEnding = false;

/** The process's structured log: JSON lines on standard error, so that output stays data. */
export function createLogger(level: string): Logger {
  destination ??= pino.destination({ dest: STANDARD_ERROR, minLength: TOGETHER_BYTES });
  return pino(
    {
      level,
      base: null,
      timestamp: timeOfLine,
      serializers: { err: describeFault },
      hooks: {
        logMethod(entry, log, ofLevel) {
          log.apply(this, entry);
          if (ofLevel >= ERROR) flush();
          else waiting ??= setTimeout(flush, TOGETHER_MS).unref();
        },
      },
    },
    destination,
  );
}

/** Of most lines another one was written within the same second. */
let second = { number: NaN, text: '' };

/** As `pino.stdTimeFunctions.isoTime`. */
function timeOfLine(): string {
  const now = Date.now();
  const number = Math.floor(now / 1000);
  if (number !== second.number) {
    second = { number, text: `,"time":"${new Date(now).toISOString().slice(0, -4)}` };
  }
  return `${second.text}${String(now % 1000).padStart(3, '0')}Z"`;
}

function flush(): void {
  clearTimeout(waiting);
  waiting = undefined;
  if (!isEnding) destination?.flush();
}

/**
 * Writes the rest of the log, as the last thing before the process ends. Without it the library
 * does so while the process exits, and there waits for ever where nobody reads any more.
 */
export async function endLog(): Promise<void> {
  const ending = destination;
  if (!ending) return;
  isEnding = true;
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
