import { type ArgumentMetadata, Injectable, type Type, ValidationPipe } from '@nestjs/common';
import { type ValidationError } from 'class-validator';
import { ValidationFailed } from '../problem.js';

const TOLERANT = new WeakSet<object>();

/** Marks a DTO whose unknown fields are dropped instead of refused (the dialects of `/o`, DRF). */
export function IgnoresUnknownFields(): ClassDecorator {
  return (target) => {
    TOLERANT.add(target);
  };
}

const settings = {
  whitelist: true,
  transform: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) => new ValidationFailed(fieldsOf(errors)),
};

/** Validates bodies and queries against their DTO; unknown fields are refused unless marked. */
@Injectable()
export class RequestValidation extends ValidationPipe {
  private readonly tolerant = new ValidationPipe(settings);

  constructor() {
    super({ ...settings, forbidNonWhitelisted: true });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const dto = metadata.metatype as Type | undefined;
    if (dto && TOLERANT.has(dto)) {
      return (await this.tolerant.transform(value, metadata)) as unknown;
    }
    return (await super.transform(value, metadata)) as unknown;
  }
}

/** Sentences by field; nested fields are named by their path (`rate_limit.limit`). */
function fieldsOf(errors: readonly ValidationError[], parent = ''): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const { property, constraints, children } of errors) {
    const name = parent + property;
    if (constraints) fields[name] = Object.values(constraints);
    if (children) Object.assign(fields, fieldsOf(children, `${name}.`));
  }
  return fields;
}
