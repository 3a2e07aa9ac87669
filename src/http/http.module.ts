import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { RefuseUndeclaredInput } from './input/declared-input.interceptor.js';
import { Cursors } from './pages/pagination.js';
import { IdempotencyRecords } from './idempotency/idempotency-records.js';
import { IdempotencySweeper } from './idempotency/idempotency-sweeper.js';
import { RequestValidation } from './input/validation.js';
import { SessionCookie } from './sessions/session-cookie.js';
import { OutboundClient } from './outbound/outbound-client.js';

/** Validation, pages and idempotency, for every controller; the one way to ask other servers. */
@Global()
@Module({
  providers: [
    Cursors,
    IdempotencyRecords,
    IdempotencySweeper,
    SessionCookie,
    {
      provide: OutboundClient,
      useFactory: (runtime: Runtime) => new OutboundClient(runtime),
      inject: [RUNTIME],
    },
    RefuseUndeclaredInput,
    RequestValidation,
    { provide: APP_INTERCEPTOR, useExisting: RefuseUndeclaredInput },
    { provide: APP_PIPE, useExisting: RequestValidation },
  ],
  exports: [Cursors, IdempotencyRecords, OutboundClient, SessionCookie],
})
export class HttpModule {}
