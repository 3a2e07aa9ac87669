import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { RefuseUndeclaredInput } from './input/declared-input.interceptor.js';
import { Cursors } from './pages/pagination.js';
import { IdempotencyRecords } from './idempotency/idempotency-records.js';
import { IdempotencySweeper } from './idempotency/idempotency-sweeper.js';
import { RequestValidation } from './input/validation.js';

/** Validation, pages and idempotency, for every controller. */
@Global()
@Module({
  providers: [
    Cursors,
    IdempotencyRecords,
    IdempotencySweeper,
    { provide: APP_INTERCEPTOR, useClass: RefuseUndeclaredInput },
    { provide: APP_PIPE, useClass: RequestValidation },
  ],
  exports: [Cursors, IdempotencyRecords],
})
export class HttpModule {}
