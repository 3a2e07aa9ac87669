import { applyDecorators, UseFilters, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { declareIdempotency, type IdempotencyOptions } from './idempotency-options.js';
import { ReplayFilter } from './replay.filter.js';

/**
 * Lets clients send `Idempotency-Key` with a POST: repetitions get the first answer instead of
 * doing it twice. What the handler changes must go through `Transactions`, so that the key and the
 * change are committed together.
 */
export function Idempotent(options: IdempotencyOptions = {}): MethodDecorator {
  return applyDecorators(
    (_target: object, _name: string | symbol, descriptor: PropertyDescriptor) => {
      declareIdempotency(descriptor.value as object, options);
    },
    UseInterceptors(IdempotencyInterceptor),
    UseFilters(ReplayFilter),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        '1-255 printable characters. A repetition within 24 hours gets the first answer, with ' +
        '`Idempotency-Replayed: true`; its secrets are `null` after 60 seconds.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
  );
}
