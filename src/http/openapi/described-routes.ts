import { type Type } from '@nestjs/common';
import { type ModulesContainer } from '@nestjs/core';
import { type AccessRule, accessRuleOf } from '../../access/access-rule.js';
import { idempotencyOptionsOf } from '../idempotency/idempotency-options.js';
import { successStatusOf } from '../success-status.js';
import { type OperationDescription, operationDescriptionOf } from './operation.decorator.js';

/** A handler with all that its decorators say of it. */
export interface DescribedRoute {
  readonly rule: AccessRule;
  readonly description: OperationDescription;
  /** Of its success. */
  readonly status: number;
  readonly takesIdempotencyKey: boolean;
}

/** The routes of the application by their handlers' names. */
export class DescribedRoutes {
  private readonly controllers = new Map<string, Type>();

  constructor(modules: ModulesContainer) {
    for (const { controllers } of modules.values()) {
      for (const { metatype } of controllers.values()) {
        if (typeof metatype === 'function') this.controllers.set(metatype.name, metatype as Type);
      }
    }
  }

  /**
   * @param name `Controller.method`, with `[n]` after it on the n-th path of several
   * @throws Error for a handler without access rule or description
   */
  get(name: string): DescribedRoute {
    const [controller = '', method = ''] = name.replace(/\[\d+\]$/, '').split('.');
    const prototype = this.controllers.get(controller)?.prototype as
      Record<string, object> | undefined;
    const handler = prototype?.[method];
    const rule = handler && accessRuleOf(handler);
    const description = handler && operationDescriptionOf(handler);
    if (!rule || !description) throw new Error(`${name} has no @Allow() or no @Operation()`);
    return {
      rule,
      description,
      status: successStatusOf(handler),
      takesIdempotencyKey: idempotencyOptionsOf(handler) !== undefined,
    };
  }
}
