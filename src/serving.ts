import { createRequire } from 'node:module';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config, Runtime } from './config.js';
import { publicUrlOf } from './config.js';
import { explainPoolerRefusal } from './database/connection-errors.js';
import { AdminListener } from './http/server/admin-listener.js';
import { explainListenError, type Place } from './listen-errors.js';
import type { Shutdown } from './shutdown.js';

/** Requests in flight have this long to finish; after it their connections are cut. */
const DRAIN_LIMIT_MS = 8000;

/** What a process that answers requests is told beside the configuration. */
export interface ServingTask {
  readonly databaseUrl: string;
  readonly secret: string;
  /** To listen on; never 0, since the public URL names it. */
  readonly port: number;
}

/** Where it listens, and what the operator has to know. */
export interface Listening {
  /** Where a process on this machine reaches the server, whatever its public address. */
  readonly url: string;
  /** Null once somebody owns the installation. */
  readonly setupToken: string | null;
  /** Null where operators have no port of their own. */
  readonly adminUrl: string | null;
}

/**
 * Makes the application on a migrated database and listens.
 *
 * @throws StartError
 */
export async function startServing(
  config: Config,
  task: ServingTask,
  shutdown: Shutdown,
): Promise<Listening> {
  const runtime: Runtime = {
    config,
    databaseUrl: task.databaseUrl,
    secret: task.secret,
    formerSecrets: config.formerSecrets,
    publicUrl: publicUrlOf(config, task.port),
    version: packageVersion(),
  };
  const admin = config.adminPort === null ? null : new AdminListener();
  const { createApp } = await import('./app.js');
  const app = await createApp(runtime, admin).catch((error: unknown) => {
    throw explainPoolerRefusal(error, task.databaseUrl) ?? error;
  });
  shutdown.defer(() => drain(app, admin));
  const setupToken = await prepare(app);
  shutdown.check();
  const api = apiPlaceOf(config, task.port);
  await app.listen(api.port, api.host).catch((error: unknown) => {
    throw explainListenError(error, api);
  });
  const adminUrl = admin && (await listenForOperators(admin, adminPlaceOf(config)));
  return { url: publicUrlOf({ ...config, publicUrl: null }, task.port), setupToken, adminUrl };
}

/** Where clients are served. */
export function apiPlaceOf({ host }: Config, port: number): Place {
  return { port, host, variables: ['PORT', 'HOST'] };
}

/** Where operators are served, if they have a port of their own. */
export function adminPlaceOf({ adminPort, adminHost }: Config): Place {
  const variables = ['KEYCAP_ADMIN_PORT', 'KEYCAP_ADMIN_HOST'] as const;
  return { port: adminPort ?? 0, host: adminHost, variables };
}

/** Of this program. */
export function packageVersion(): string {
  // From dist/bundle, where this file runs.
  const manifest: unknown = createRequire(import.meta.url)('../../package.json');
  return (manifest as { version: string }).version;
}

/** @returns the set-up token, if nobody owns the installation yet */
async function prepare(app: NestFastifyApplication): Promise<string | null> {
  const { SetupService } = await import('./setup/setup.service.js');
  const { setupToken } = await app.get(SetupService, { strict: false }).prepare();
  // Not before: now the database is known to belong to the master secret.
  const { SigningKeyKeeper } = await import('./oauth/signing-keys/signing-key-keeper.js');
  await app.get(SigningKeyKeeper, { strict: false }).prepare();
  const { AuditKeys } = await import('./audit/chain/audit-keys.js');
  await app.get(AuditKeys, { strict: false }).prepare();
  return setupToken;
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

/** @returns where they find it */
async function listenForOperators(admin: AdminListener, place: Place): Promise<string> {
  const { host } = place;
  const port = await admin.listen(place.port, host).catch((error: unknown) => {
    throw explainListenError(error, place);
  });
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return `http://${bracketed}:${port}`;
}
