import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { PARAMTYPES_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { ValidationFailed } from '../../problem.js';
import { dialectOfRequest, pathOf } from '../errors/dialect.js';
import { PROTOTYPE_KEYS } from './json-body.js';

/** Names that a handler reads one by one, or everything, which its DTO then judges. */
type DeclaredNames = ReadonlySet<string> | 'all';

interface DeclaredInput {
  readonly query: DeclaredNames;
  readonly body: DeclaredNames;
  /** The methods of the DTOs, which are no fields: what is named so vanishes before it is judged. */
  readonly methods: ReadonlySet<string>;
}

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
    if (pathOf(request).startsWith('/v1/') && dialectOfRequest(request) === 'keycap') {
      const { query, body, methods } = this.inputOf(context);
      // As most requests are, seen without a list of anything.
      if (isExpected(request.query, query, methods) && isExpected(request.body, body, methods)) {
        return;
      }
      const [inQuery, inBody] = [namesOf(request.query), namesOf(request.body)];
      const unknown = [
        ...inQuery.filter((name) => PROTOTYPE_KEYS.has(name)),
        ...undeclared(inQuery, query),
        ...undeclared(inBody, body),
        ...inQuery.filter((name) => methods.has(name)),
        ...inBody.filter((name) => methods.has(name)),
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
function readDeclaredInput(controller: Type, handler: string): DeclaredInput {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {}) as Readonly<
    Record<string, { readonly data?: unknown }>
  >;
  const types = (Reflect.getMetadata(
    PARAMTYPES_METADATA,
    controller.prototype as object,
    handler,
  ) ?? []) as readonly (Type | undefined)[];
  const namesFor = (type: RouteParamtypes): DeclaredNames => {
    const names = Object.entries(args)
      .filter(([key]) => key.startsWith(`${type}:`))
      .map(([, { data }]) => data);
    return names.every((name) => typeof name === 'string') ? new Set(names) : 'all';
  };
  return {
    query: namesFor(RouteParamtypes.QUERY),
    body: namesFor(RouteParamtypes.BODY),
    methods: new Set(types.flatMap((type) => methodsOf(type?.prototype as object | undefined))),
  };
}

/** Those of the classes above as well, without what every object has. */
function methodsOf(prototype: object | undefined | null): string[] {
  if (!prototype || prototype === Object.prototype) return [];
  const own = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return [...own, ...methodsOf(Object.getPrototypeOf(prototype) as object | null)];
}

/** Whether all names in it are declared, and would be no surprise to the DTO. */
function isExpected(
  given: unknown,
  declared: DeclaredNames,
  methods: ReadonlySet<string>,
): boolean {
  for (const name in given as object) {
    if (PROTOTYPE_KEYS.has(name) || methods.has(name)) return false;
    if (declared !== 'all' && !declared.has(name)) return false;
  }
  return true;
}

function undeclared(given: readonly string[], declared: DeclaredNames): string[] {
  return declared === 'all' ? [] : given.filter((name) => !declared.has(name));
}

function namesOf(given: unknown): string[] {
  return typeof given === 'object' && given !== null ? Object.keys(given) : [];
}

function complaintsAbout(names: readonly string[]): Record<string, string[]> {
  const some = names.slice(0, 50);
  return Object.fromEntries(some.map((name) => [name, [`property ${name} should not exist`]]));
}
