import { createRequire } from 'node:module';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { dataSourceOptions } from '../ormconfig.js';
import { bannerOf } from './banner.js';
import type { Config, Runtime } from './config.js';
import { publicUrlOf, readConfig, settingsWithoutEffect } from './config.js';
import { EmbeddedPostgres } from './database/embedded/embedded-postgres.js';
import { readSecretFile } from './database/embedded/secret-file.js';
import { migrate } from './database/migrate.js';
import { freePort } from './free-port.js';
import { AdminListener } from './http/server/admin-listener.js';
import { createLogger, endLog } from './http/server/logger.js';
import { assertPortFree, explainListenError, type Place } from './listen-errors.js';
import type { Progress } from './progress.js';
import { Shutdown, StartInterrupted } from './shutdown.js';
import { StartError } from './start-error.js';

/** Requests in flight have this long to finish; after it their connections are cut. */
const DRAIN_LIMIT_MS = 8000;
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
    await shutdown.during(() => start(progress, shutdown));
  } catch (error) {
    if (error instanceof StartInterrupted) return;
    const isExpected = error instanceof StartError;
    process.stderr.write(`${isExpected ? error.message : stackOf(error)}\n`);
    await shutdown.stop(1);
  }
}

async function start(progress: Progress, shutdown: Shutdown): Promise<void> {
  const config = readConfig();
  const application = import('./app.js');
  // It is awaited later; meanwhile a failure must not count as unhandled.
  application.catch(() => undefined);
  // A second server of a data folder is told how to join before it hears that the port is taken.
  const database = await openDatabase(config, progress, shutdown);
  shutdown.check();
  const api: Place = { port: config.port, host: config.host, variables: ['PORT', 'HOST'] };
  const administration = adminPlaceOf(config);
  await assertPortFree(api);
  if (config.adminPort !== null) await assertPortFree(administration);
  // Loading holds the event loop up: a database that has long answered would seem to be silent.
  await application.catch(() => undefined);
  const { version } = await progress.step('Migrating the database', () =>
    migrate(database.url, dataSourceOptions(database.url, config.databasePool)),
  );
  shutdown.check();

  const port = config.port === 0 ? await freePort(config.host) : config.port;
  const runtime: Runtime = {
    config,
    databaseUrl: database.url,
    secret: database.secret,
    formerSecrets: config.formerSecrets,
    publicUrl: publicUrlOf(config, port),
    version: packageVersion(),
  };
  const admin = config.adminPort === null ? null : new AdminListener();
  const { app, setupToken } = await progress.step('Starting the server', async () => {
    const { createApp } = await application;
    const created = await createApp(runtime, admin);
    shutdown.defer(() => drain(created, admin));
    const { SetupService } = await import('./setup/setup.service.js');
    const prepared = await created.get(SetupService, { strict: false }).prepare();
    // Not before: now the database is known to belong to the master secret.
    const { SigningKeyKeeper } = await import('./oauth/signing-keys/signing-key-keeper.js');
    await created.get(SigningKeyKeeper, { strict: false }).prepare();
    const { AuditKeys } = await import('./audit/chain/audit-keys.js');
    await created.get(AuditKeys, { strict: false }).prepare();
    return { app: created, setupToken: prepared.setupToken };
  });
  shutdown.check();
  await app.listen(port, config.host).catch((error: unknown) => {
    throw explainListenError(error, { ...api, port });
  });
  const adminUrl = admin && (await listenForOperators(admin, administration));
  const { publicUrl } = runtime;
  progress.finish(
    bannerOf({
      version: runtime.version,
      publicUrl,
      database: database.describe(version),
      swaggerUi: config.swaggerUi,
      setupToken,
      adminUrl,
      withoutEffect: settingsWithoutEffect(),
      proxyUnnamed: config.behindTlsProxy && config.trustedProxies.length === 0,
    }),
  );
  // A parent that started this process with a channel learns where it listens (PORT=0).
  process.send?.({ kind: 'listening', url: localUrl(config, port), setupToken, adminUrl });
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

/** Refuses new requests, lets those in flight finish, and closes the application's own things. */
async function drain(app: NestFastifyApplication, admin: AdminListener | null): Promise<void> {
  const cut = setTimeout(() => {
    app.getHttpServer().closeAllConnections();
    admin?.server.closeAllConnections();
  }, DRAIN_LIMIT_MS);
  await app.close();
  clearTimeout(cut);
}

/** Where operators are served, if they have a port of their own. */
function adminPlaceOf({ adminPort, adminHost }: Config): Place {
  const variables = ['KEYCAP_ADMIN_PORT', 'KEYCAP_ADMIN_HOST'] as const;
  return { port: adminPort ?? 0, host: adminHost, variables };
}

/** @returns where they find it */
async function listenForOperators(admin: AdminListener, place: Place): Promise<string> {
  const { host } = place;
  const port = await admin.listen(place.port, host).catch((error: unknown) => {
    throw explainListenError(error, place);
  });
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return `http://${bracketed}:${port}`;
}

const connectionsOf = ({ databasePool, workers }: Config): number =>
  Math.max(LEAST_CONNECTIONS, databasePool * workers + SPARE_CONNECTIONS);

/** Where a process on this machine reaches the server, whatever its public address. */
const localUrl = (config: Config, port: number): string =>
  publicUrlOf({ ...config, publicUrl: null }, port);

function packageVersion(): string {
  // From dist/bundle, where this file runs.
  const manifest: unknown = createRequire(import.meta.url)('../../package.json');
  return (manifest as { version: string }).version;
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
