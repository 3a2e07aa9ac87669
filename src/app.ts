import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessGuard } from './access/access.guard.js';
import { AppModule } from './app.module.js';
import { RefusedCallers } from './audit/refused-callers.js';
import { type Runtime } from './config.js';
import { DirectRoutes } from './http/direct/direct-routes.js';
import { TurnEnd } from './http/direct/turn-end.js';
import { RefuseUndeclaredInput } from './http/input/declared-input.interceptor.js';
import { RequestValidation } from './http/input/validation.js';
import { createAdapter } from './http/server/adapter.js';
import { type AdminListener } from './http/server/admin-listener.js';
import { createLogger, FrameworkLogger } from './http/log/logger.js';
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
  const directRoutes = new DirectRoutes();
  const adapter = createAdapter({
    trustedProxies: config.trustedProxies,
    publicUrl: runtime.publicUrl,
    corsOrigins: config.corsOrigins,
    logger,
    directRoutes,
    admin,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(runtime),
    adapter,
    { logger: new FrameworkLogger(logger), bodyParser: false, abortOnError: false },
  );
  const observer = app.get(RefusedCallers, { strict: false });
  const filter = new ProblemFilter(logger, runtime.publicUrl, observer);
  app.useGlobalFilters(filter);
  measureAnswers(adapter.getInstance(), app.get(Metrics, { strict: false }));
  await app.init();
  directRoutes.connect(app, {
    guard: app.get(AccessGuard, { strict: false }),
    input: app.get(RefuseUndeclaredInput, { strict: false }),
    validation: app.get(RequestValidation, { strict: false }),
    filter,
    turnEnd: new TurnEnd(),
  });
  app.get(ApiDescription, { strict: false }).read(app);
  return app;
}
