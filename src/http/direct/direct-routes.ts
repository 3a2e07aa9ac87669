import { type INestApplication, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { directHandlerBehind } from './direct.decorator.js';
import { type DirectHandler, directHandlerOf, type Surroundings } from './direct-handler.js';

/** The routes that the HTTP server answers itself, with the declared handlers of the controllers. */
export class DirectRoutes {
  private readonly handlers = new Map<object, DirectHandler>();

  /** Before the framework registers its routes, in whose place these come. */
  takeOver(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      const declared = directHandlerBehind(route.handler);
      if (!declared) return;
      route.handler = (request, reply) => {
        const handler = this.handlers.get(declared);
        if (!handler) throw new Error('connect() comes before the first request');
        return handler(request, reply);
      };
    });
  }

  /** Once the application has its controllers. */
  connect(app: INestApplication, surroundings: Surroundings): void {
    for (const { controllers } of app.get(ModulesContainer).values()) {
      for (const { metatype, instance } of controllers.values()) {
        for (const [name, method] of methodsOf(metatype as Type)) {
          if (directHandlerBehind(method) === method) {
            this.handlers.set(method, directHandlerOf(instance, name, surroundings));
          }
        }
      }
    }
  }
}

function methodsOf({ prototype }: Type): [string, object][] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype as object)).flatMap(
    ([name, { value }]) => (typeof value === 'function' ? [[name, value as object]] : []),
  );
}
