import { StartError } from '../start-error.js';
import { hasCode } from './private-file.js';

const WRONG_PASSWORD = ['28P01', '28000'];
const NO_DATABASE = '3D000';
const TOO_MANY = '53300';

/** How long to wait for a database to answer, in milliseconds: start-up errors come within 5 s. */
export const CONNECT_TIMEOUT_MS = 3000;

/** One sentence about why a database can't be used, without credentials. */
export function explainConnectionError(error: unknown, url: string): StartError {
  const { hostname, port, pathname } = new URL(url);
  const where = `The database at ${hostname}:${port || 5432}`;
  if (hasCode(error, ...WRONG_PASSWORD)) {
    return new StartError(`${where} refuses the user or password of DATABASE_URL.`);
  }
  if (hasCode(error, NO_DATABASE)) {
    return new StartError(
      `${where} has no database named ${decodeURIComponent(pathname.slice(1))}.`,
    );
  }
  if (hasCode(error, TOO_MANY)) return new StartError(`${where} has no connection left to give.`);
  return new StartError(`${where} can't be reached: ${reasonOf(error)}.`);
}

/**
 * What to do about a pooler that does not know the limits that every connection asks for; null for every
 * other error.
 */
export function explainPoolerRefusal(error: unknown, url: string): StartError | null {
  const [, parameter] =
    /^unsupported startup parameter: (\w+)$/.exec(error instanceof Error ? error.message : '') ??
    [];
  if (parameter === undefined) return null;
  const { hostname, port } = new URL(url);
  return new StartError(
    `The pooler at ${hostname}:${port || 5432} refuses ${parameter}: let it pass (in PgBouncer by ` +
      'ignore_startup_parameters = extra_float_digits,statement_timeout,' +
      'idle_in_transaction_session_timeout,lock_timeout), and set it for the role (ALTER ROLE ... SET).',
  );
}

function reasonOf(error: unknown): string {
  if (hasCode(error, 'ECONNREFUSED')) return 'connection refused';
  if (hasCode(error, 'ENOTFOUND', 'EAI_AGAIN')) return 'its host name is unknown';
  if (hasCode(error, 'EHOSTUNREACH', 'ENETUNREACH')) return 'there is no route to it';
  if (hasCode(error, 'ETIMEDOUT')) return 'no answer in time';
  const message = error instanceof Error ? error.message : '';
  if (/timeout/i.test(message)) return 'no answer in time';
  if (/SSL|certificate/i.test(message)) return `TLS failed (${message.replace(/\.$/, '')})`;
  return message.replace(/\.$/, '') || 'unknown reason';
}
