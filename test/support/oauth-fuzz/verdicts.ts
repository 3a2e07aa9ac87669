import { type Description } from '../openapi.js';
import { type RawAnswer } from '../raw-http.js';
import { type FuzzRequest } from './requests.js';
import { aboutHeaders, aboutRefusal } from './rules.js';
import { CANARY } from './texts.js';

/** What the HTTP server may refuse anywhere, a slow request aside. */
const ANYWHERE = [400, 405, 414, 431];
/** Holds answers to what is true of every one, whatever was asked. */
export class Verdicts {
  /** The kinds of answers that came: `400 invalid_scope`. */
  readonly seen = new Set<string>();

  /** @param secrets what no answer may show */
  constructor(
    private readonly description: Description,
    private readonly secrets: readonly string[],
  ) {}

  /** What is wrong with an answer, as sentences. */
  complaints(request: FuzzRequest, answer: RawAnswer): string[] {
    const isSuccess = answer.status < 300;
    const body = bodyOf(answer);
    this.seen.add(kindOf(answer, body));
    return [
      ...this.aboutStatus(request, answer),
      ...aboutHeaders(request, answer),
      ...this.aboutSecrets(answer),
      ...(isSuccess ? this.aboutSuccess(request, answer, body) : []),
      ...(isSuccess || isBare(request, answer) ? [] : aboutRefusal(answer, body)),
    ];
  }

  /** Begins anew with what was seen. */
  forget(): void {
    this.seen.clear();
  }

  private aboutStatus(
    { endpoint, method, isAtEndpoint, mayPass }: FuzzRequest,
    { status }: RawAnswer,
  ): string[] {
    const { responses } = this.description.operation(endpoint.operation);
    const declared = Object.keys(responses)
      .map(Number)
      .filter((each) => each < 500 && each !== 429);
    const isItsMethod =
      method === endpoint.method || (method === 'HEAD' && endpoint.method === 'GET');
    const allowed = [...ANYWHERE, ...(isItsMethod ? declared : []), ...(isAtEndpoint ? [] : [404])];
    const isPublic = endpoint.opensTo.length === 0;
    return [
      ...(allowed.includes(status) ? [] : [`${status} is not declared`]),
      ...(status >= 300 || mayPass || isPublic ? [] : ['it passed without a good credential']),
    ];
  }

  private aboutSecrets({ headers, body }: RawAnswer): string[] {
    const { 'x-request-id': id, ...others } = headers;
    const text = [body, ...Object.values(others)].join('\n');
    return [
      ...(/^[\w-]{1,64}$/.test(id ?? '') ? [] : ['its request id is none']),
      ...(text.includes(CANARY) ? ['it repeats its input'] : []),
      ...(this.secrets.some((secret) => text.includes(secret)) ? ['it shows a secret'] : []),
    ];
  }

  private aboutSuccess(request: FuzzRequest, answer: RawAnswer, body: unknown): string[] {
    if (isBare(request, answer)) return [];
    const operation = this.description.operation(request.endpoint.operation);
    const media = this.description.response(operation, answer.status).content?.['application/json'];
    if (!media) return answer.body === '' ? [] : ['it has a body'];
    return this.description.complaints(media.schema, body);
  }
}

/** Whether it answers HEAD as it has to: without a body. */
function isBare({ method }: FuzzRequest, { body }: RawAnswer): boolean {
  return method === 'HEAD' && body === '';
}

function kindOf({ status }: RawAnswer, body: unknown): string {
  const { error = '' } = (body ?? {}) as { readonly error?: string };
  return `${status} ${error}`.trim();
}

function bodyOf({ body }: RawAnswer): unknown {
  try {
    return JSON.parse(Buffer.from(body, 'latin1').toString());
  } catch {
    return undefined;
  }
}
