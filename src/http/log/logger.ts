import { type LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { describeFault, withoutValues } from '../errors/fault-description.js';

const STANDARD_ERROR = 2;
/**
 * Lines are written together, once there are so many characters or after so many milliseconds: each
 * write costs as much as several lines. A crash loses the last ones, so what is an error is written
 * at once.
 */
const TOGETHER_CHARACTERS = 65_536;
const TOGETHER_MS = 5;
const INFO = 30;
const ERROR = 50;

/**
 * Gathers lines before the library's own stream, which counts the bytes of all that waits with each
 * line that is added.
 */
class GatheredLines implements DestinationStream {
  private waiting = '';
  private timer: NodeJS.Timeout | undefined;
  private hasEnded = false;

  constructor(private readonly destination: DestinationStream) {}

  write(line: string): void {
    if (this.hasEnded) return;
    this.waiting += line;
    if (this.waiting.length >= TOGETHER_CHARACTERS) this.flush();
    else this.timer ??= setTimeout(this.flush, TOGETHER_MS).unref();
  }

  readonly flush = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    const lines = this.waiting;
    this.waiting = '';
    if (lines !== '') this.destination.write(lines);
  };

  /** What is logged from now on has nowhere to go. */
  end(): void {
    this.flush();
    this.hasEnded = true;
  }
}

/** What all loggers of the process write to. */
interface Output {
  readonly destination: ReturnType<typeof pino.destination>;
  readonly lines: GatheredLines;
}

let output: Output | null = null;

/** The process's structured log: JSON lines on standard error, so that output stays data. */
export function createLogger(level: string): Logger {
  const { lines } = (output ??= openOutput());
  return pino(
    {
      level,
      base: null,
      timestamp: timeOfLine,
      serializers: { err: describeFault },
      hooks: {
        logMethod(entry, log, ofLevel) {
          log.apply(this, entry);
          if (ofLevel >= ERROR) lines.flush();
        },
      },
    },
    lines,
  );
}

/**
 * Logs what is said of every answer, as `logger.info()` would.
 *
 * @param fields one or more
 * @param message without anything that JSON would escape
 */
export function logOften(logger: Logger, fields: object, message: string): void {
  if (output && logger.isLevelEnabled('info')) output.lines.write(infoLine(fields, message));
}

/** The line that the library would write, without the sixty strings that it makes on the way. */
export function infoLine(fields: object, message: string): string {
  const members = JSON.stringify(fields).slice(1, -1);
  return `{"level":${INFO}${timeOfLine()},${members},"msg":"${message}"}\n`;
}

function openOutput(): Output {
  const rest = (): void => {
    lines.flush();
  };
  // Before the library's own listener, which writes what it was given.
  process.once('exit', rest);
  const destination = pino.destination(STANDARD_ERROR);
  const lines = new GatheredLines(destination);
  destination.once('close', () => process.off('exit', rest));
  return { destination, lines };
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

/**
 * Writes the rest of the log, as the last thing before the process ends. Without it the library
 * does so while the process exits, and there waits for ever where nobody reads any more.
 */
export async function endLog(): Promise<void> {
  if (!output) return;
  const { lines, destination } = output;
  lines.end();
  await new Promise<void>((resolve) => {
    destination.once('close', resolve);
    destination.once('error', () => {
      resolve();
    });
    destination.end();
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
