import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { RefusedCallers } from './audit/refused-callers.js';
import { type Runtime } from './config.js';
import { createAdapter } from './http/server/adapter.js';
import { type AdminListener } from './http/server/admin-listener.js';
import { createLogger, FrameworkLogger } from './http/server/logger.js';
import { ApiDescription } from './http/openapi/api-description.js';
import { ProblemFilter } from './http/errors/problem.filter.js';
import { measureAnswers } from './metrics/answered-requests.js';
import { Metrics } from './metrics/metrics.js';

/**
 * The whole application on a migrated database, not yet listening.
 *
 * @param admin the second server that answers `/v1/admin`, where the first one does not
 */
export async function createApp(
  runtime: Runtime,
  admin: AdminListener | null = null,
): Promise<NestFastifyApplication> {
  const { config } = runtime;
  const logger = createLogger(config.logLevel);
  const adapter = createAdapter({
    trustedProxies: config.trustedProxies,
    publicUrl: runtime.publicUrl,
    corsOrigins: config.corsOrigins,
    logger,
    admin,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(runtime),
    adapter,
    { logger: new FrameworkLogger(logger), bodyParser: false, abortOnError: false },
  );
  const observer = app.get(RefusedCallers, { strict: false });
  app.useGlobalFilters(new ProblemFilter(logger, runtime.publicUrl, observer));
  measureAnswers(adapter.getInstance(), app.get(Metrics, { strict: false }));
  await app.init();
  app.get(ApiDescription, { strict: false }).read(app);
  return app;
}
