import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { ValidationFailed } from '../../problem.js';
import { dialectOf, pathOf } from '../errors/dialect.js';

/** Names that a handler reads one by one, or everything, which its DTO then judges. */
type DeclaredNames = ReadonlySet<string> | 'all';

interface DeclaredInput {
  readonly query: DeclaredNames;
  readonly body: DeclaredNames;
}

/** No DTO sees these: they vanish while an object is copied. */
const PROTOTYPE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/**
 * Under `/v1` what a route does not know is refused. Its DTOs see to the fields that they are
 * given; this sees to routes that declare no query or no body at all.
 */
@Injectable()
export class RefuseUndeclaredInput implements NestInterceptor {
  private readonly declared = new WeakMap<object, DeclaredInput>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    this.refuse(context);
    return next.handle();
  }

  /** @throws ValidationFailed */
  refuse(context: ExecutionContext): void {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const path = pathOf(request);
    if (path.startsWith('/v1/') && dialectOf(path) === 'keycap') {
      const { query, body } = this.inputOf(context);
      const unknown = [
        ...namesOf(request.query).filter((name) => PROTOTYPE_KEYS.includes(name)),
        ...undeclared(request.query, query),
        ...undeclared(request.body, body),
      ];
      if (unknown.length > 0) throw new ValidationFailed(complaintsAbout(unknown));
    }
  }

  private inputOf(context: ExecutionContext): DeclaredInput {
    const handler = context.getHandler();
    let input = this.declared.get(handler);
    if (!input) {
      input = readDeclaredInput(context.getClass(), handler.name);
      this.declared.set(handler, input);
    }
    return input;
  }
}

/** What the parameter decorators of a handler say, as Nest keeps it. */
function readDeclaredInput(controller: object, handler: string): DeclaredInput {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {}) as Readonly<
    Record<string, { readonly data?: unknown }>
  >;
  const namesFor = (type: RouteParamtypes): DeclaredNames => {
    const names = Object.entries(args)
      .filter(([key]) => key.startsWith(`${type}:`))
      .map(([, { data }]) => data);
    return names.every((name) => typeof name === 'string') ? new Set(names) : 'all';
  };
  return { query: namesFor(RouteParamtypes.QUERY), body: namesFor(RouteParamtypes.BODY) };
}

function undeclared(given: unknown, declared: DeclaredNames): string[] {
  return declared === 'all' ? [] : namesOf(given).filter((name) => !declared.has(name));
}

function namesOf(given: unknown): string[] {
  return typeof given === 'object' && given !== null ? Object.keys(given) : [];
}

function complaintsAbout(names: readonly string[]): Record<string, string[]> {
  const some = names.slice(0, 50);
  return Object.fromEntries(some.map((name) => [name, [`property ${name} should not exist`]]));
}
