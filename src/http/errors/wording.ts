import { InsufficientScope, Unauthenticated } from '../../access/access.errors.js';
import { type Problem, TooManyRequests } from '../../problem.js';
import { type Dialect } from './dialect.js';
import {
  MalformedJson,
  MethodNotAllowed,
  NotAnObject,
  UnsupportedMediaType,
} from './http.errors.js';
import { pythonTypeOf } from './python-text.js';

export interface Wording {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** What of a request shapes the answer to it. */
export interface Asked {
  /** Request id. */
  readonly id: string;
  /** The route's pattern or, where none matches, what was asked for. */
  readonly path: string;
  /** The `Authorization` header. */
  readonly authorization?: string;
  /** Where this server is, for challenges that say where to get a token. */
  readonly publicUrl?: string;
}

/** The wire form of a problem in one of the dialects (docs/errors.md lists them). */
export function wordingOf(dialect: Dialect, problem: Problem, asked: Asked): Wording {
  switch (dialect) {
    case 'oauth':
      return inOAuth(problem, asked);
    case 'drf':
      return { headers: bearerChallenge(problem, asked), body: inDrf(problem) };
    case 'keycap':
      return {
        headers: bearerChallenge(problem, asked),
        body: {
          error: problem.message,
          code: problem.code,
          request_id: asked.id,
          ...(problem.fields ? { fields: problem.fields } : {}),
        },
      };
  }
}

/**
 * RFC 6750 §3: a challenge without error code where no credential was shown; where tokens come from
 * stands behind `resource_metadata` (RFC 9728 §5.1).
 */
function bearerChallenge(problem: Problem, { publicUrl }: Asked): Record<string, string> {
  if (problem instanceof Unauthenticated) {
    const error = problem.presented ? ', error="invalid_token"' : '';
    const metadata =
      publicUrl === undefined
        ? ''
        : `, resource_metadata="${publicUrl}/.well-known/oauth-protected-resource"`;
    return { 'www-authenticate': `Bearer realm="keycap"${error}${metadata}` };
  }
  if (problem instanceof InsufficientScope) {
    const challenge = `Bearer realm="keycap", error="insufficient_scope", scope="${problem.scope}"`;
    return { 'www-authenticate': challenge };
  }
  return {};
}

/** What RFC 6749 §5.2 names; other refusals keep its form with the nearest registered code. */
const OAUTH_ERRORS: Readonly<Record<number, string>> = {
  401: 'invalid_client',
  403: 'access_denied',
  404: 'invalid_request',
  429: 'temporarily_unavailable',
  500: 'server_error',
  503: 'temporarily_unavailable',
};

const OAUTH_CODES: ReadonlySet<string> = new Set([
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_token_type',
  'insufficient_scope',
]);

function inOAuth(problem: Problem, asked: Asked): Wording {
  const headers: Record<string, string> = { 'cache-control': 'no-store', pragma: 'no-cache' };
  const usedBearer = /^bearer( |$)/i.test(asked.authorization ?? '');
  // The token endpoint knows no bearer; elsewhere one is answered as RFC 6750 says.
  const asResource = usedBearer && !/token\/?(?:\?|$)/.test(asked.path);
  if (asResource) Object.assign(headers, bearerChallenge(problem, asked));
  else if (problem.status === 401) {
    headers['www-authenticate'] = 'Basic realm="keycap", charset="UTF-8"';
  }
  const byStatus = asResource && problem.status === 401 ? 'invalid_token' : undefined;
  const error = OAUTH_CODES.has(problem.code)
    ? problem.code
    : (byStatus ?? OAUTH_ERRORS[problem.status] ?? 'invalid_request');
  return { headers, body: { error, error_description: inErrorCharacters(problem.message) } };
}

/** `%x20-21 / %x23-5B / %x5D-7E` (RFC 6749 §5.2): neither quote nor backslash. */
function inErrorCharacters(text: string): string {
  return text.replace(/[^ !#-[\]-~]/g, '');
}

/** Django REST Framework's sentences. */
function inDrf(problem: Problem): object {
  if (problem.fields) return problem.fields;
  if (problem instanceof MethodNotAllowed) {
    return { detail: `Method "${problem.method}" not allowed.` };
  }
  if (problem instanceof UnsupportedMediaType) {
    const mediaType = problem.mediaType.replace(/[^\w./+;= -]/g, '').slice(0, 100);
    return { detail: `Unsupported media type "${mediaType}" in request.` };
  }
  if (problem instanceof Unauthenticated && problem.presented) {
    return { detail: 'Invalid token.' };
  }
  if (problem instanceof NotAnObject) return { non_field_errors: [noDictionary(problem.value)] };
  if (problem instanceof MalformedJson) return { detail: `JSON parse error - ${problem.message}` };
  if (problem instanceof TooManyRequests) return { detail: throttled(problem) };
  const isRule = problem.status === 403 && !ACCESS_CODES.has(problem.code);
  if (isRule) return { detail: `${problem.message}.` };
  return { detail: DRF_DETAILS[problem.status] ?? `${problem.message}.` };
}

function noDictionary(value: unknown): string {
  return value === null
    ? 'No data provided'
    : `Invalid data. Expected a dictionary, but got ${pythonTypeOf(value)}.`;
}

function throttled({ headers }: Problem): string {
  const seconds = headers['retry-after'] ?? '1';
  const unit = seconds === '1' ? 'second' : 'seconds';
  return `Request was throttled. Expected available in ${seconds} ${unit}.`;
}

/** Refusals by the access rule; a rule of the domain says more than "no permission". */
const ACCESS_CODES: ReadonlySet<string> = new Set([
  'credential_not_accepted',
  'insufficient_role',
  'insufficient_scope',
]);

const DRF_DETAILS: Readonly<Record<number, string>> = {
  401: 'Authentication credentials were not provided.',
  403: 'You do not have permission to perform this action.',
  404: 'Not found.',
  406: 'Could not satisfy the request Accept header.',
  500: 'A server error occurred.',
};
