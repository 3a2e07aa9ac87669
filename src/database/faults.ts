import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { StandbyReached } from './primary-client.js';

/**
 * SQLSTATE classes and codes that say nothing about the request: connections (08), sign-in (28)
 * and database (3D) of this server, resources (53), operator intervention (57), a standby in place of the
 * primary (25006), serialization failures, deadlocks and lock time-outs.
 */
const FAULT_CODES = /^(?:08|28|3D|53|57|25006$|40001$|40P01$|55P03$|25P03$)/;
const SOCKET_CODES = /^(?:ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;
const MESSAGES =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Cannot use a pool after calling end)/;

/** What TypeORM says in a transaction whose connection was lost meanwhile. */
const LOST_IN_TRANSACTION = [
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
];

/** Whether the database, not the request, is why this failed: nothing was decided, try again. */
export function isDatabaseFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof StandbyReached) return true;
  if (LOST_IN_TRANSACTION.some((each) => error instanceof each)) return true;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseFault);
  const { code, driverError } = error as Error & { code?: unknown; driverError?: unknown };
  if (driverError !== undefined && driverError !== error && isDatabaseFault(driverError)) {
    return true;
  }
  if (typeof code === 'string' && (FAULT_CODES.test(code) || SOCKET_CODES.test(code))) return true;
  return MESSAGES.test(error.message);
}

/** Whether a write broke the named unique constraint or index. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  const driverError = (error as { driverError?: { code?: unknown; constraint?: unknown } })
    .driverError;
  return driverError?.code === '23505' && driverError.constraint === constraint;
}
