import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { type ValidationError } from 'class-validator';
import { PlainInputs } from './plain-input.js';
import { ValidationFailed } from '../../problem.js';

/** Most fields that one answer complains about: it is not to outgrow the request. */
const MAX_COMPLAINTS = 50;
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
  exceptionFactory: (errors: ValidationError[]) => new ValidationFailed(complaintsOf(errors)),
};

/** Validates bodies and queries against their DTO; unknown fields are refused unless marked. */
@Injectable()
export class RequestValidation extends ValidationPipe {
  private readonly tolerant = new ValidationPipe(settings);
  private readonly plain = new PlainInputs();

  constructor() {
    super({ ...settings, forbidNonWhitelisted: true });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return this.judge(value, metadata);
  }

  /** The same, at once for what is plain and faultless. */
  judge(value: unknown, metadata: ArgumentMetadata): object | Promise<unknown> {
    return this.plain.pass(value, metadata.metatype) ?? this.whole(value, metadata);
  }

  /** The same without the short way for what is plain. */
  async whole(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { metatype } = metadata;
    const isTolerant = metatype !== undefined && TOLERANT.has(metatype);
    const result: unknown = await (isTolerant
      ? this.tolerant.transform(value, metadata)
      : super.transform(value, metadata));
    return result;
  }
}

function complaintsOf(errors: readonly ValidationError[]): Record<string, string[]> {
  return Object.fromEntries(fieldsOf(errors).slice(0, MAX_COMPLAINTS));
}

/** Sentences by field; nested fields are named by their path (`rate_limit.limit`). */
function fieldsOf(errors: readonly ValidationError[], parent = ''): [string, string[]][] {
  return errors.flatMap(({ property, constraints, children = [] }) => [
    ...(constraints ? [[parent + property, Object.values(constraints)] as [string, string[]]] : []),
    ...fieldsOf(children, `${parent}${property}.`),
  ]);
}
