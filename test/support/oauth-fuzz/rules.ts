import { type RawAnswer } from '../raw-http.js';
import { type FuzzRequest } from './requests.js';

/** RFC 6749 §4.1.2.1 (`access_denied`) and §5.2, RFC 6750 §3.1, RFC 8707 §2. */
const ERRORS = [
  'access_denied',
  'insufficient_scope',
  'invalid_client',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
  'invalid_token',
  'unsupported_grant_type',
];
/** Stacks, statements, parsers, the framework. */
const INTERNALS =
  /\bat \S+:\d+|node_modules|\bselect\b|\binsert\b|position \d|fastify|\bnest\b|FST_/i;
/** They would tell or keep something (trap A2), or send the caller elsewhere. */
const UNWANTED = ['etag', 'location', 'set-cookie', 'x-powered-by', 'content-encoding'];

/** What has to hold, and the complaint where it does not. */
type Rule = readonly [holds: boolean, complaint: string];

/** What is wrong with the headers of an answer. */
export function aboutHeaders({ endpoint }: FuzzRequest, { status, headers }: RawAnswer): string[] {
  const isPublished = endpoint.method === 'GET' && status < 300;
  const { pragma, allow, 'cache-control': caching = '', 'www-authenticate': challenge } = headers;
  return brokenOf([
    [isPublished ? caching.startsWith('public, ') : caching === 'no-store', `caching: ${caching}`],
    [isPublished || pragma === 'no-cache', 'it lacks Pragma'],
    [headers['x-content-type-options'] === 'nosniff', 'its type may be guessed'],
    [status !== 401 || /^(?:Basic|Bearer) realm="keycap"/.test(challenge ?? ''), 'no challenge'],
    [status !== 405 || allow !== undefined, 'it lacks Allow'],
    ...UNWANTED.map((name): Rule => [headers[name] === undefined, `it has ${name}`]),
  ]);
}

/** What is wrong with how something is refused (RFC 6749 §5.2). */
export function aboutRefusal({ headers, body: text }: RawAnswer, body: unknown): string[] {
  const { error = '', error_description: sentence = '' } = (body ?? {}) as Record<string, string>;
  return brokenOf([
    [headers['content-type'] === 'application/json; charset=utf-8', 'it is not called JSON'],
    [text === JSON.stringify({ error, error_description: sentence }), 'it has another body'],
    [ERRORS.includes(error), 'its error is none of the standards'],
    [/^[ !#-[\]-~]+$/.test(sentence), 'its sentence has other characters'],
    [!INTERNALS.test(sentence), 'it speaks of the inside'],
  ]);
}

function brokenOf(rules: readonly Rule[]): string[] {
  return rules.filter(([holds]) => !holds).map(([, complaint]) => complaint);
}
