import { type INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { type Runtime } from '../../config.js';
import { dialectOf } from '../errors/dialect.js';
import { describeOperation } from './describe-operation.js';
import { DescribedRoutes } from './described-routes.js';
import { RESPONSE_HEADERS } from './headers.js';
import {
  isReference,
  type Operation,
  operationsOf,
  type Path,
  type Schema,
} from './openapi-types.js';
import { PARAMETERS } from './parameters.js';
import { ERROR_SCHEMAS, ProblemResponses } from './problem-responses.js';
import { closed, withStandardExamples } from './schemas.js';
import { securitySchemes } from './security.js';
import { INTRODUCTION, TAGS } from './texts.js';

/**
 * The OpenAPI 3.1 document of all routes. @nestjs/swagger reads the shapes of bodies and
 * parameters; who may call and what is refused follow from the access rules.
 *
 * @throws Error for a route that is not described
 */
export function describeApi(
  app: INestApplication,
  { publicUrl, version }: Pick<Runtime, 'publicUrl' | 'version'>,
): OpenAPIObject {
  const found = SwaggerModule.createDocument(
    app,
    { openapi: '3.1.0', info: { title: 'Keycap', version } },
    { operationIdFactory: (controller, method) => `${controller}.${method}` },
  );
  const schemas = found.components?.schemas ?? {};
  const routes = new DescribedRoutes(app.get(ModulesContainer));
  const problems = new ProblemResponses();
  const paths: Record<string, Path> = {};
  const names = new Set<string>();
  for (const { path: foundPath, method, operation } of operationsOf(found)) {
    const path = asDocumented(foundPath);
    const route = routes.get(operation.operationId ?? '');
    const described = describeOperation(operation, route, { path, method, schemas, problems });
    paths[path] = { ...paths[path], [method]: withOwnName(described, path, names) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Keycap',
      version,
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: publicUrl }],
    tags: [...TAGS],
    paths,
    components: {
      schemas: { ...withRules(schemas, tolerantBodies(paths)), ...ERROR_SCHEMAS },
      responses: problems.components,
      parameters: PARAMETERS,
      headers: RESPONSE_HEADERS,
      securitySchemes: securitySchemes(app.get(ScopeCatalogue, { strict: false })),
    },
  };
}

/** Both forms of every path are served; Keyo's and OAuth's are documented with their slash. */
function asDocumented(path: string): string {
  const hasSlash = dialectOf(path) !== 'keycap' && !path.includes('/.well-known/');
  return hasSlash ? `${path}/` : path;
}

/** An alias of a route is called as the route, and where it is. */
function withOwnName(operation: Operation, path: string, taken: Set<string>): Operation {
  const { operationId = '' } = operation;
  const words = path.split(/\W+/).filter((word) => word !== '');
  const place = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  const name = taken.has(operationId) ? `${operationId}At${place}` : operationId;
  taken.add(name);
  return { ...operation, operationId: name };
}

/** Names of the schemas of bodies in which unknown members are ignored. */
function tolerantBodies(paths: OpenAPIObject['paths']): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { path, operation } of operationsOf({ paths })) {
    const { requestBody } = operation;
    if (dialectOf(path) === 'keycap' || !requestBody || isReference(requestBody)) continue;
    for (const { schema } of Object.values(requestBody.content)) {
      if (schema && isReference(schema)) names.add(schema.$ref.split('/').at(-1) ?? '');
    }
  }
  return names;
}

function withRules(
  schemas: Readonly<Record<string, Schema>>,
  tolerant: ReadonlySet<string>,
): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const standard = withStandardExamples(schema);
      return [name, tolerant.has(name) ? standard : closed(standard)];
    }),
  );
}
