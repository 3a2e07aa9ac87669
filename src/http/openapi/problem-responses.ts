import { STATUS_CODES } from 'node:http';
import { CredentialLimitReached, Unauthenticated } from '../../access/access.errors.js';
import { type Problem, ServiceUnavailable, TooManyRequests } from '../../problem.js';
import { type Dialect, dialectOf } from '../errors/dialect.js';
import { InternalError, PayloadTooLarge, UnsupportedMediaType } from '../errors/http.errors.js';
import { wordingOf } from '../errors/wording.js';
import { EXAMPLE_REQUEST_ID, headersNamed } from './headers.js';
import { type FullResponse, type Response, type Schema } from './openapi-types.js';

/** Schemas of the error bodies of all dialects. */
export const ERROR_SCHEMAS: Record<string, Schema> = {
  Error: {
    type: 'object',
    description: 'A refusal. `code` is stable, `error` is a sentence for people.',
    properties: {
      error: { type: 'string', description: 'For people; it may change.' },
      code: { type: 'string', pattern: '^[a-z0-9_]+$' },
      request_id: { type: 'string' },
      fields: { $ref: '#/components/schemas/FieldErrors' },
    },
    required: ['error', 'code', 'request_id'],
    additionalProperties: false,
  },
  FieldErrors: {
    type: 'object',
    description: 'By name of the input, what is wrong with it.',
    additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1 },
  },
  OAuthError: {
    type: 'object',
    description: 'A refusal as RFC 6749 §5.2 words it.',
    properties: { error: { type: 'string' }, error_description: { type: 'string' } },
    required: ['error', 'error_description'],
    additionalProperties: false,
  },
  DetailError: {
    type: 'object',
    description: 'A refusal in the words of Django REST Framework.',
    properties: { detail: { type: 'string' } },
    required: ['detail'],
    additionalProperties: false,
  },
};

const PREFIXES: Readonly<Record<Dialect, string>> = { keycap: '', oauth: 'OAuth', drf: 'Drf' };

/** What of a status is the same on (almost) every route, and the name of that component. */
const SHARED: Readonly<Record<number, readonly [string, ...Problem[]]>> = {
  401: ['Unauthorized', new Unauthenticated('none', false), new Unauthenticated('a bad one')],
  413: ['PayloadTooLarge', new PayloadTooLarge()],
  415: ['UnsupportedMediaType', new UnsupportedMediaType('text/plain')],
  429: ['TooManyRequests', new TooManyRequests(60), new CredentialLimitReached(60)],
  500: ['InternalError', new InternalError('a defect')],
  503: ['Unavailable', new ServiceUnavailable('the database is away')],
};

/** What the HTTP server may refuse before any route is asked. */
const ANYWHERE = [405, 408, 414, 431];

/** The error responses of routes; what several of them share is kept as components. */
export class ProblemResponses {
  /** `components.responses` of the document. */
  readonly components: Record<string, Response> = {};

  /**
   * By status, and `default` for what the HTTP server may refuse anywhere.
   *
   * @param path the route's path as the document spells it
   */
  of(path: string, problems: readonly Problem[]): Record<string, Response> {
    const byStatus: Record<string, Response> = {};
    for (const [status, some] of groupByStatus(problems)) {
      byStatus[status] = this.ofStatus(path, status, some);
    }
    const dialect = dialectOf(path);
    byStatus.default = this.component(`${PREFIXES[dialect]}Refusal`, refusalAnywhere(dialect));
    return byStatus;
  }

  private ofStatus(path: string, status: number, problems: readonly Problem[]): Response {
    const response = responseOf(path, status, problems);
    const [name, ...usual] = SHARED[status] ?? [];
    if (name === undefined) return response;
    const elsewhere = responseOf(usualPath(path), status, usual);
    const isUsual = JSON.stringify(response) === JSON.stringify(elsewhere);
    return isUsual ? this.component(PREFIXES[dialectOf(path)] + name, response) : response;
  }

  private component(name: string, response: FullResponse): Response {
    this.components[name] = response;
    return { $ref: `#/components/responses/${name}` };
  }
}

/** Of the paths of OAuth some take bearer tokens, and word their refusals for them as well. */
function usualPath(path: string): string {
  return dialectOf(path) === 'oauth' ? '/o/token/' : path;
}

function groupByStatus(problems: readonly Problem[]): [number, Problem[]][] {
  const groups = new Map<number, Problem[]>();
  for (const problem of problems) {
    groups.set(problem.status, [...(groups.get(problem.status) ?? []), problem]);
  }
  return [...groups].sort(([one], [other]) => one - other);
}

function responseOf(path: string, status: number, problems: readonly Problem[]): FullResponse {
  const dialect = dialectOf(path);
  const asked = { id: EXAMPLE_REQUEST_ID, path };
  // At /o a bearer token is answered as RFC 6750 says, and a client as RFC 6749 does.
  const callers = dialect === 'oauth' ? ['Basic', 'Bearer'] : [''];
  const answers = problems.flatMap((problem) =>
    callers.map((authorization) => {
      const { headers, body } = wordingOf(dialect, problem, { ...asked, authorization });
      return { headers: [...Object.keys(headers), ...Object.keys(problem.headers)], body };
    }),
  );
  const bodies = answers.map(({ body }) => body);
  return {
    description: [...new Set(bodies.map((body) => `- ${textOf(body)}`))].join('\n'),
    headers: headersNamed(['x-request-id', ...answers.flatMap(({ headers }) => headers)]),
    content: {
      'application/json': { schema: errorSchema(dialect, status), examples: examplesOf(bodies) },
    },
  };
}

/** The members that the dialects' error bodies have. */
interface ErrorBody {
  readonly error?: string;
  readonly code?: string;
  readonly error_description?: string;
  readonly detail?: string;
}

function textOf({ error = '', code, error_description, detail }: ErrorBody): string {
  if (code !== undefined) return `\`${code}\`: ${error}`;
  if (error_description !== undefined) return `\`${error}\`: ${error_description}`;
  return detail ?? 'by field, what is wrong with it';
}

/** One for each different body, named by its code; others of the same code have a number. */
function examplesOf(bodies: readonly ErrorBody[]): Record<string, { value: ErrorBody }> {
  const different = new Map(bodies.map((body) => [JSON.stringify(body), body]));
  const counts = new Map<string, number>();
  const examples: Record<string, { value: ErrorBody }> = {};
  for (const value of different.values()) {
    const name = value.code ?? value.error ?? (value.detail === undefined ? 'fields' : 'detail');
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    examples[count === 1 ? name : `${name}_${count}`] = { value };
  }
  return examples;
}

function errorSchema(dialect: Dialect, status?: number): Schema {
  const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
  switch (dialect) {
    case 'keycap':
      return ref('Error');
    case 'oauth':
      return ref('OAuthError');
    case 'drf':
      return status === 400
        ? { oneOf: [ref('DetailError'), ref('FieldErrors')] }
        : ref('DetailError');
  }
}

function refusalAnywhere(dialect: Dialect): FullResponse {
  const words = ANYWHERE.map((status) => `${status} ${STATUS_CODES[status] ?? ''}`);
  return {
    description: `What the HTTP server may refuse before any route is asked: ${words.join(', ')}.`,
    headers: headersNamed(['x-request-id']),
    content: { 'application/json': { schema: errorSchema(dialect) } },
  };
}
