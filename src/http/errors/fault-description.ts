import { QueryFailedError } from 'typeorm';

const MAX_CAUSES = 3;

/** What the log says of an error. */
export interface FaultDescription {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** The statement with its placeholders, without the values. */
  readonly query?: string;
  /** What the database names of itself: never the values that a statement carried. */
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
  /** Where it arose: the stack without its first line, which repeats the message. */
  readonly at: readonly string[];
  readonly cause?: FaultDescription;
}

/**
 * An error as it may stand in the log. Messages quote what they complain about and database errors
 * carry the values of their statement; either may be a credential, so quoted text, long words and
 * values are left out.
 */
export function describeFault(error: unknown, depth = 0): FaultDescription {
  if (!(error instanceof Error)) {
    return { type: typeof error, message: withoutValues(String(error)), at: [] };
  }
  const details = (error instanceof QueryFailedError ? error.driverError : error) as Details;
  const text = (name: keyof Details): object =>
    typeof details[name] === 'string' ? { [name]: details[name] } : {};
  return {
    type: error.name,
    message: withoutValues(error.message),
    ...text('code'),
    ...text('constraint'),
    ...text('table'),
    ...text('column'),
    ...(error instanceof QueryFailedError ? { query: error.query } : {}),
    at: framesOf(error),
    ...(error.cause === undefined || depth >= MAX_CAUSES
      ? {}
      : { cause: describeFault(error.cause, depth + 1) }),
  };
}

interface Details {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly table?: unknown;
  readonly column?: unknown;
}

/** Text without what stands in quotes and without words long enough to be a secret. */
export function withoutValues(text: string): string {
  return text
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, (quoted) => `${quoted.charAt(0)}...${quoted.charAt(0)}`)
    .replace(/[\w+/=~.-]{20,}/g, '...');
}

function framesOf({ stack = '' }: Error): string[] {
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
}
