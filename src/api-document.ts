import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { publicUrlOf, readConfig, type Runtime } from './config.js';
import { createAdapter } from './http/server/adapter.js';
import { createLogger } from './http/log/logger.js';
import { describeApi } from './http/openapi/document.js';

/** Long enough to be taken for a secret; nothing is kept under it. */
const NO_SECRET = 'describes-the-api-and-keeps-nothing-0123456789';

/**
 * The OpenAPI document of all routes, as `/openapi.json` shows it by default. The build makes the
 * dashboard's types of it, so nothing is connected to and nothing runs.
 */
export async function apiDocument(): Promise<object> {
  const config = readConfig({});
  const publicUrl = publicUrlOf(config, config.port);
  const databaseUrl = 'postgres://127.0.0.1/';
  const runtime: Runtime = {
    config,
    databaseUrl,
    secret: NO_SECRET,
    formerSecrets: [],
    publicUrl,
    version: '0',
  };
  const logger = createLogger('fatal');
  const adapter = createAdapter({ trustedProxies: [], publicUrl, corsOrigins: [], logger });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(runtime, 'unconnected'),
    adapter,
    { logger: false, bodyParser: false, abortOnError: false },
  );
  return describeApi(app, runtime);
}
