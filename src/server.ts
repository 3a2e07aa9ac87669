import cluster from 'node:cluster';
import { dataSourceOptions } from '../ormconfig.js';
import { bannerOf } from './banner.js';
import type { Config } from './config.js';
import { publicUrlOf, readConfig } from './config.js';
import { EmbeddedPostgres } from './database/embedded/embedded-postgres.js';
import { readSecretFile } from './database/embedded/secret-file.js';
import { migrate } from './database/migrate.js';
import { freePort } from './free-port.js';
import { createLogger, endLog } from './http/log/logger.js';
import { assertPortFree } from './listen-errors.js';
import type { Progress } from './progress.js';
import {
  adminPlaceOf,
  apiPlaceOf,
  type Listening,
  packageVersion,
  type ServingTask,
  startServing,
} from './serving.js';
import { Shutdown, StartInterrupted } from './shutdown.js';
import { StartError, WorkersNotStarted } from './start-error.js';
import { startWorker } from './worker.js';
import { Workers } from './workers.js';

/** Connections beside the pools: locks, migrations, an operator's psql. */
const SPARE_CONNECTIONS = 20;
const LEAST_CONNECTIONS = 100;

/** A database to work on and the secret that belongs to it. */
interface Database {
  readonly url: string;
  readonly secret: string;
  /** The start of what the banner says. */
  describe(version: string): string;
}

/**
 * Starts everything in order and serves until a signal comes. Where a start can't succeed it says
 * why in one sentence on standard error and ends with exit code 1.
 */
export async function serve(progress: Progress): Promise<void> {
  const shutdown = new Shutdown();
  shutdown.listen();
  shutdown.defer(endLog);
  try {
    await shutdown.during(() =>
      cluster.isWorker ? startWorker(shutdown) : start(progress, shutdown),
    );
  } catch (error) {
    if (error instanceof StartInterrupted) return;
    // The one that could not start has said why.
    if (error instanceof WorkersNotStarted) {
      await shutdown.stop(1);
      return;
    }
    const isExpected = error instanceof StartError;
    process.stderr.write(`${isExpected ? error.message : stackOf(error)}\n`);
    await shutdown.stop(1);
  }
}

async function start(progress: Progress, shutdown: Shutdown): Promise<void> {
  const config = readConfig();
  const application = config.workers === 1 ? import('./app.js') : Promise.resolve();
  // It is awaited later; meanwhile a failure must not count as unhandled.
  application.catch(() => undefined);
  // A second server of a data folder is told how to join before it hears that the port is taken.
  const database = await openDatabase(config, progress, shutdown);
  shutdown.check();
  await assertPortFree(apiPlaceOf(config, config.port));
  if (config.adminPort !== null) await assertPortFree(adminPlaceOf(config));
  // Loading holds the event loop up: a database that has long answered would seem to be silent.
  await application.catch(() => undefined);
  const { version } = await progress.step('Migrating the database', () =>
    migrate(database.url, dataSourceOptions(database.url, config.databasePool)),
  );
  shutdown.check();

  const port = config.port === 0 ? await freePort(config.host) : config.port;
  const task: ServingTask = { databaseUrl: database.url, secret: database.secret, port };
  const listening = await progress.step('Starting the server', () =>
    config.workers === 1
      ? startServing(config, task, shutdown)
      : startWorkers(config, task, shutdown),
  );
  progress.finish(
    bannerOf({
      version: packageVersion(),
      publicUrl: publicUrlOf(config, port),
      database: database.describe(version),
      swaggerUi: config.swaggerUi,
      setupToken: listening.setupToken,
      adminUrl: listening.adminUrl,
      proxyUnnamed: config.behindTlsProxy && config.trustedProxies.length === 0,
    }),
  );
  // A parent that started this process with a channel learns where it listens (PORT=0).
  process.send?.({ kind: 'listening', ...listening });
}

/** This process keeps the database and hands out connections; the workers answer. */
async function startWorkers(
  config: Config,
  task: ServingTask,
  shutdown: Shutdown,
): Promise<Listening> {
  const log = createLogger(config.logLevel);
  const workers = new Workers({
    count: config.workers,
    task,
    onReplaced: (message) => {
      log.error(message);
    },
  });
  shutdown.defer(() => workers.stop());
  const listening = await workers.start();
  shutdown.check();
  return listening;
}

async function openDatabase(
  config: Config,
  progress: Progress,
  shutdown: Shutdown,
): Promise<Database> {
  if (config.databaseUrl !== null) {
    const { hostname, port, pathname } = new URL(config.databaseUrl);
    const where = `${hostname}:${port || '5432'}${pathname}`;
    return {
      url: config.databaseUrl,
      // readConfig() has seen to it that it is there.
      secret: config.secret ?? '',
      describe: (version) => `PostgreSQL ${version} (${where})`,
    };
  }
  const log = createLogger(config.logLevel);
  const postgres = await progress.step('Starting the embedded PostgreSQL', () =>
    EmbeddedPostgres.start({
      dataDir: config.dataDir,
      dataDirGiven: config.dataDirGiven,
      settings: { max_connections: String(connectionsOf(config)) },
      onRestart: (message) => {
        log.error(message);
      },
      onLost: (error) => {
        log.fatal(error.message);
        void shutdown.stop(1);
      },
    }),
  );
  shutdown.defer(() => postgres.stop());
  return {
    url: postgres.url,
    secret: config.secret ?? (await readSecretFile(postgres.dataDir)),
    describe: (version) => `PostgreSQL ${version} (embedded, data in ${postgres.dataDir})`,
  };
}

const connectionsOf = ({ databasePool, workers }: Config): number =>
  Math.max(LEAST_CONNECTIONS, databasePool * workers + SPARE_CONNECTIONS);

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
