import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { RefuseUndeclaredInput } from './declared-input.interceptor.js';
import { Cursors } from './pagination.js';
import { RequestValidation } from './validation.js';

/** Validation and pages, for every controller. */
@Global()
@Module({
  providers: [
    Cursors,
    { provide: APP_INTERCEPTOR, useClass: RefuseUndeclaredInput },
    { provide: APP_PIPE, useClass: RequestValidation },
  ],
  exports: [Cursors],
})
export class HttpModule {}
