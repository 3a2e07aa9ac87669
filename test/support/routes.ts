import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AccessRule } from '../../src/access/access-rule.js';
import { accessRuleOf } from '../../src/access/access-rule.js';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { testVariable } from './servers.js';

/** The application as `npm start` makes it, in this process and not listening. */
export function applicationOfTest(): Promise<NestFastifyApplication> {
  const databaseUrl = testVariable('KEYCAP_TEST_DATABASE_URL');
  const secret = testVariable('KEYCAP_TEST_SECRET');
  const config = readConfig({
    DATABASE_URL: databaseUrl,
    KEYCAP_SECRET: secret,
    KEYCAP_LOG_LEVEL: 'error',
  });
  const publicUrl = 'http://127.0.0.1:3000';
  return createApp({ config, databaseUrl, secret, formerSecrets: [], publicUrl, version: '0' });
}

/** What a controller declares: `GET /v1/organizations/:orgID` and its rule. */
export interface DeclaredRoute {
  readonly route: string;
  readonly rule: AccessRule | undefined;
}

/** The routes of every controller that Nest knows. */
export function declaredRoutes(app: NestFastifyApplication): DeclaredRoute[] {
  return [...app.get(ModulesContainer).values()]
    .flatMap(({ controllers }) => [...controllers.values()])
    .flatMap(({ metatype }) => routesOf(metatype as new () => object));
}

function routesOf(controller: new () => object): DeclaredRoute[] {
  const prototype = controller.prototype as Record<string, object>;
  const folders = [Reflect.getMetadata(PATH_METADATA, controller)].flat() as string[];
  return Object.getOwnPropertyNames(prototype)
    .map((name) => prototype[name]!)
    .filter((handler) => Reflect.hasMetadata(METHOD_METADATA, handler))
    .flatMap((handler) => {
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number]!;
      const path = Reflect.getMetadata(PATH_METADATA, handler) as string;
      return folders.map((folder) => {
        const parts = [folder, path].flatMap((part) => part.split('/')).filter(Boolean);
        return { route: `${method} /${parts.join('/')}`, rule: accessRuleOf(handler) };
      });
    });
}

/** The routes that the HTTP server answers, whoever registered them; HEAD goes with GET. */
export function servedRoutes(app: NestFastifyApplication): string[] {
  const tree = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const path: string[] = [];
  return tree
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      // Four characters of lines and spaces for each level, then the segment and its methods.
      const [, indent = '', segment = '', methods = ''] =
        /^([│├└─ ]*)(\S+)(?: \(([^)]*)\))?/.exec(line) ?? [];
      path.splice(indent.length / 4 - 1, Infinity, segment);
      const taken = methods.split(', ').filter((method) => method !== '' && method !== 'HEAD');
      // The tree leaves out the slash before a wildcard.
      const whole = path.join('').replace(/(?<!\/)\*$/, '/*');
      return taken.map((method) => `${method} ${whole}`);
    });
}
