import { Global, Module } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { Cursors } from './pagination.js';
import { RequestValidation } from './validation.js';

/** Validation and pages, for every controller. */
@Global()
@Module({
  providers: [Cursors, { provide: APP_PIPE, useClass: RequestValidation }],
  exports: [Cursors],
})
export class HttpModule {}
