import { type ContextType, type ExecutionContext, type Type } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';

type HttpHost = ReturnType<ExecutionContext['switchToHttp']>;

/**
 * What guards and parameters are told of a request, by HTTP alone; nothing is made before it is asked
 * for. Who asks says of which type the answer is, as with the framework's own.
 */
export class DirectContext implements ExecutionContext, HttpHost {
  constructor(
    private readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
    private readonly controller: Type,
    private readonly method: (...parameters: unknown[]) => unknown,
  ) {}

  getClass(): never {
    return this.controller as never;
  }

  getHandler(): (...parameters: unknown[]) => unknown {
    return this.method;
  }

  getArgs(): never {
    return [this.request, this.reply] as never;
  }

  getArgByIndex(index: number): never {
    return [this.request, this.reply][index] as never;
  }

  getType(): never {
    return 'http' satisfies ContextType as never;
  }

  switchToHttp(): this {
    return this;
  }

  switchToRpc(): never {
    throw new Error('this is a request by HTTP');
  }

  switchToWs(): never {
    throw new Error('this is a request by HTTP');
  }

  getRequest(): never {
    return this.request as never;
  }

  getResponse(): never {
    return this.reply as never;
  }

  getNext(): never {
    throw new Error('nothing comes after a direct handler');
  }
}
