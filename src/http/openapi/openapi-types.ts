import { type OpenAPIObject } from '@nestjs/swagger';

/** Parts of an OpenAPI document, which @nestjs/swagger types and exports as a whole alone. */
export type Components = NonNullable<OpenAPIObject['components']>;
export type Path = OpenAPIObject['paths'][string];
export type Operation = NonNullable<Path['get']>;
export type Parameter = NonNullable<Components['parameters']>[string];
export type Response = NonNullable<Components['responses']>[string];
export type FullResponse = Exclude<Response, Reference>;
export type Schema = NonNullable<Components['schemas']>[string];
export type FullSchema = Exclude<Schema, Reference>;
export type SecurityScheme = NonNullable<Components['securitySchemes']>[string];
export type SecurityRequirement = NonNullable<OpenAPIObject['security']>[number];
export type RequestBody = Exclude<NonNullable<Operation['requestBody']>, Reference>;

export interface Reference {
  $ref: string;
}

export function isReference(part: object): part is Reference {
  return '$ref' in part;
}

/** The methods that operations of a path stand under. */
const OPERATION_METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Every operation of a document, with where it stands. */
export function* operationsOf(
  document: Pick<OpenAPIObject, 'paths'>,
): Generator<{ path: string; method: string; operation: Operation }> {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of OPERATION_METHODS) {
      const operation = item[method];
      if (operation) yield { path, method, operation };
    }
  }
}
