import { type ArgumentMetadata, type ExecutionContext, type Type } from '@nestjs/common';
import {
  CUSTOM_ROUTE_ARGS_METADATA,
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  HEADERS_METADATA,
  INTERCEPTORS_METADATA,
  PARAMTYPES_METADATA,
  PIPES_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type AccessGuard } from '../../access/access.guard.js';
import { type ProblemFilter } from '../errors/problem.filter.js';
import { type RefuseUndeclaredInput } from '../input/declared-input.interceptor.js';
import { type RequestValidation } from '../input/validation.js';
import { successStatusOf } from '../success-status.js';
import { DirectContext } from './direct-context.js';
import { JsonText } from './json-text.js';
import { type TurnEnd } from './turn-end.js';

/** What comes before and after every handler. */
export interface Surroundings {
  readonly guard: AccessGuard;
  readonly input: RefuseUndeclaredInput;
  readonly validation: RequestValidation;
  readonly filter: ProblemFilter;
  readonly turnEnd: TurnEnd;
}

/** Answers one request, whatever happens. */
export type DirectHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

type Method = (...parameters: unknown[]) => unknown;
type Argument = (request: FastifyRequest, context: ExecutionContext) => unknown;

interface ParameterMetadata {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes?: readonly unknown[];
  readonly factory?: (data: unknown, context: ExecutionContext) => unknown;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** What a direct handler and its controller may not have: nobody would ask it. */
const NOT_TAKEN = [
  GUARDS_METADATA,
  INTERCEPTORS_METADATA,
  PIPES_METADATA,
  EXCEPTION_FILTERS_METADATA,
];

/**
 * The work of the framework's router for one method of a controller, in its order: guard, status and
 * headers, undeclared input, parameters with their validation, the method.
 *
 * @throws Error for decorators that it does not know how to honour
 */
export function directHandlerOf(
  controller: object,
  name: string,
  { guard, input, validation, filter, turnEnd }: Surroundings,
): DirectHandler {
  const type = controller.constructor as Type;
  const method = (controller as Record<string, Method>)[name];
  if (!method) throw new Error(`${type.name} has no ${name}`);
  const unknown = NOT_TAKEN.find(
    (key) => Reflect.hasMetadata(key, method) || Reflect.hasMetadata(key, type),
  );
  if (unknown) throw new Error(`${type.name}.${name} is direct and has ${unknown}`);
  const status = successStatusOf(method);
  const headers = headersOf(method);
  const parameters = parametersOf(type, name, validation);
  const answer: DirectHandler = async (request, reply) => {
    try {
      const context = new DirectContext(request, reply, type, method);
      await guard.canActivate(context);
      void reply.status(status);
      if (headers) void reply.headers(headers);
      input.refuse(context);
      const values = [];
      for (const parameter of parameters) {
        const value = parameter(request, context);
        values.push(value instanceof Promise ? await value : value);
      }
      const result = await method.apply(controller, values);
      await turnEnd.reached();
      send(reply, result);
    } catch (error) {
      filter.answer(error, request, reply);
    }
  };
  return answer;
}

function send(reply: FastifyReply, answer: unknown): void {
  if (answer instanceof JsonText) void reply.type(JSON_TYPE).send(answer.text);
  else void reply.send(answer);
}

/** Null where there are none. */
function headersOf(method: object): Record<string, string> | null {
  const declared = (Reflect.getMetadata(HEADERS_METADATA, method) ?? []) as readonly {
    readonly name: string;
    readonly value: string;
  }[];
  if (declared.length === 0) return null;
  return Object.fromEntries(declared.map(({ name, value }) => [name, value]));
}

/** In the order of the method's parameters. */
function parametersOf(type: Type, name: string, validation: RequestValidation): Argument[] {
  const declared = (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, name) ?? {}) as Readonly<
    Record<string, ParameterMetadata>
  >;
  const types = (Reflect.getMetadata(PARAMTYPES_METADATA, type.prototype as object, name) ??
    []) as readonly Type[];
  const parameters: Argument[] = [];
  for (const [key, parameter] of Object.entries(declared)) {
    const metatype = types[parameter.index];
    parameters[parameter.index] = parameterOf(key, parameter, metatype, validation);
  }
  if (parameters.length !== types.length || parameters.includes(undefined as never)) {
    throw new Error(`${type.name}.${name} is direct and has a parameter without decorator`);
  }
  return parameters;
}

function parameterOf(
  key: string,
  { data, pipes = [], factory }: ParameterMetadata,
  metatype: Type | undefined,
  validation: RequestValidation,
): Argument {
  if (pipes.length > 0) throw new Error('a direct handler takes no pipes of its own');
  if (key.includes(CUSTOM_ROUTE_ARGS_METADATA) && factory) {
    return (_, context) => factory(data, context);
  }
  const place = PLACES[Number(key.split(':', 1))];
  if (!place || data !== undefined) {
    throw new Error('a direct handler takes its whole body, its whole query and no other input');
  }
  const metadata: ArgumentMetadata = { type: place, metatype, data: undefined };
  return (request) => validation.judge(request[place], metadata);
}

const PLACES: Readonly<Partial<Record<number, 'body' | 'query'>>> = {
  [RouteParamtypes.BODY]: 'body',
  [RouteParamtypes.QUERY]: 'query',
};
