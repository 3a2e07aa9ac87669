import { STATUS_CODES } from 'node:http';
import { getSchemaPath } from '@nestjs/swagger';
import { type Problem } from '../../problem.js';
import { type DescribedRoute } from './described-routes.js';
import { headersNamed } from './headers.js';
import {
  isReference,
  type FullResponse,
  type Operation,
  type RequestBody,
  type Response,
  type Schema,
} from './openapi-types.js';
import { problemOf } from './operation.decorator.js';
import { parametersOf } from './parameters.js';
import { type ProblemResponses } from './problem-responses.js';
import { requestProblems, takesKeys } from './request-problems.js';
import { exampleOf, resolved } from './schemas.js';
import { callersOf, securityOf } from './security.js';

/** Where an operation stands, and what it shares with the others. */
export interface OperationContext {
  /** As the document spells it. */
  readonly path: string;
  readonly method: string;
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly problems: ProblemResponses;
}

/**
 * The operation of a route.
 *
 * @param found what @nestjs/swagger reads of the handler: its tag, parameters and body
 */
export function describeOperation(
  found: Operation,
  route: DescribedRoute,
  context: OperationContext,
): Operation {
  const { id, summary, description } = route.description;
  const { tags = [], parameters = [], requestBody } = found;
  const body = requestBody && !isReference(requestBody) ? requestBody : undefined;
  return {
    operationId: id,
    tags,
    summary,
    description: [description, callersOf(route.rule)].filter(Boolean).join('\n\n'),
    security: securityOf(route.rule),
    parameters: parametersOf(context.path, parameters),
    ...(body && { requestBody: withExamples(body, context.schemas) }),
    responses: {
      [route.status]: successOf(route, context.schemas),
      ...context.problems.of(context.path, problemsOf(route, context, body)),
    },
  };
}

/** Its own problems stand for those of the same class that follow from the request. */
function problemsOf(
  { rule, description, takesIdempotencyKey }: DescribedRoute,
  { path, method }: OperationContext,
  body: RequestBody | undefined,
): Problem[] {
  const own = (description.errors ?? []).map(problemOf);
  const hasBody = body !== undefined;
  const takesJson = hasBody && 'application/json' in body.content;
  const common = requestProblems({
    path,
    method,
    rule,
    takesIdempotencyKey,
    hasBody,
    takesJson,
  });
  const replaced = new Set(own.map((problem) => problem.constructor));
  return [...common.filter((problem) => !replaced.has(problem.constructor)), ...own];
}

function successOf(
  {
    rule,
    description: { answer, elements, files = [] },
    status,
    takesIdempotencyKey,
  }: DescribedRoute,
  schemas: OperationContext['schemas'],
): Response {
  const headers = [
    'x-request-id',
    ...(takesIdempotencyKey ? ['idempotency-replayed'] : []),
    ...(takesKeys(rule) ? ['ratelimit', 'ratelimit-policy'] : []),
  ];
  const response: FullResponse = {
    description: STATUS_CODES[status] ?? 'Success',
    headers: headersNamed(headers),
  };
  const asFiles = files.map((type) => [type, { schema: { type: 'string' } }] as const);
  const model = answer ?? elements;
  if (!model) {
    return files.length > 0 ? { ...response, content: Object.fromEntries(asFiles) } : response;
  }
  const one = { $ref: getSchemaPath(model) };
  const schema = answer ? one : { type: 'array', items: one };
  const example = exampleOf(schema, schemas);
  const content = { 'application/json': { schema, example }, ...Object.fromEntries(asFiles) };
  return { ...response, content };
}

const FORM = 'application/x-www-form-urlencoded';

/** The least body that is accepted, and one with everything; of a form the least alone. */
function withExamples(body: RequestBody, schemas: OperationContext['schemas']): RequestBody {
  const content = Object.entries(body.content).map(([type, { schema = {} }]) => {
    const { required = [] } = resolved(schema, schemas);
    const full = exampleOf(schema, schemas);
    const least = exampleOf(schema, schemas, (name) => required.includes(name));
    const isOne =
      type === FORM || required.length === 0 || JSON.stringify(least) === JSON.stringify(full);
    const examples = {
      least: { summary: 'What is required', value: least },
      full: { summary: 'Everything that can be said', value: full },
    };
    const example = required.length > 0 ? least : full;
    return [type, isOne ? { schema, example } : { schema, examples }] as const;
  });
  return { required: true, content: Object.fromEntries(content) };
}
