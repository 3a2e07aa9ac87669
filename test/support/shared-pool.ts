import pg from 'pg';
import { testVariable } from './servers.js';

/** So few that every worker's together leave the servers theirs. */
const CONNECTIONS = 10;

let pool: pg.Pool | undefined;

/**
 * Connections to the shared database that statements of one file of tests use in turn: to make one
 * costs more than most statements, and who waits for something asks many times.
 */
export function sharedPool(): pg.Pool {
  pool ??= new pg.Pool({
    connectionString: testVariable('KEYCAP_TEST_DATABASE_URL'),
    max: CONNECTIONS,
    idleTimeoutMillis: 1000,
    // Nobody ends it: the tests of a file do not know which of them is the last.
    allowExitOnIdle: true,
  }).on('error', () => undefined);
  return pool;
}
