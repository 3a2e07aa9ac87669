import type { Caller } from './requests';
import { CALLERS } from './requests';

/** What of the OpenAPI document this page reads. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly parameters: Readonly<Record<string, Parameter>> };
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
}

interface Media {
  /** Where there is one way to say it; else `examples`. */
  readonly example?: unknown;
  readonly examples?: { readonly least: { readonly value: unknown } };
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly summary?: string;
  /** By what it may be called, each by the name of a scheme; without any by everyone, as by `{}`. */
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
}

/** An operation of the API, as far as one has to know it to call it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  /** As whom it can be called from here; never empty. */
  readonly callers: readonly Caller[];
  readonly parameters: readonly Parameter[];
  /** Of its example body; null where it takes none. */
  readonly body: { readonly type: string; readonly example: string } | null;
}

/** `/v1`, and Keyo's API in its own dialect. */
const APIS = ['/v1/', '/api/v3/public/'];
/**
 * What nobody can do here: this deployment is set up, and GitHub alone can sign what it reports. Nor are
 * there operations that only clients call by their secret, since a client has a token here.
 */
const IMPOSSIBLE = new Set(['setUp', 'receiveGithubAlerts']);
/** Lets programs try again and have it done once; here one sees what the first try has done. */
const FOR_PROGRAMS = 'Idempotency-Key';

/** Everything that can be called from here, by path. */
export async function loadOperations(): Promise<readonly Operation[]> {
  const response = await fetch('/openapi.json');
  const document = (await response.json()) as Document;
  return Object.entries(document.paths)
    .filter(([path]) => APIS.some((api) => path.startsWith(api)))
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        summary: operation.summary ?? operation.operationId,
        callers: callersOf(operation),
        parameters: parametersOf(operation, document),
        body: bodyOf(operation),
      })),
    )
    .filter(({ id, callers }) => callers.length > 0 && !IMPOSSIBLE.has(id));
}

const SCHEMES = {
  session: 'session',
  api_key: 'api_key',
  oauth_client: 'access_token',
} as const;

function callersOf({ security }: DocumentedOperation): Caller[] {
  const isForAll = security.length === 0 || security.some((one) => Object.keys(one).length === 0);
  return CALLERS.filter((caller) =>
    caller === 'nobody' ? isForAll : security.some((one) => SCHEMES[caller] in one),
  );
}

function parametersOf({ parameters = [] }: DocumentedOperation, { components }: Document) {
  return parameters
    .map((parameter) => {
      if (!('$ref' in parameter)) return parameter;
      return components.parameters[parameter.$ref.split('/').at(-1) ?? ''];
    })
    .filter((parameter) => parameter !== undefined)
    .filter(({ name }) => name !== FOR_PROGRAMS);
}

function bodyOf({ requestBody }: DocumentedOperation): Operation['body'] {
  const [entry] = Object.entries(requestBody?.content ?? {});
  if (!entry) return null;
  const [type, { example, examples }] = entry;
  return { type, example: JSON.stringify(example ?? examples?.least.value, null, 2) };
}

/** The headers that were given, beside the credential's. */
export function headersOf(
  { parameters }: Operation,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    parameters
      .filter((parameter) => parameter.in === 'header')
      .map(({ name }) => [name, values[name] ?? ''] as const)
      .filter(([, value]) => value !== ''),
  );
}

/** The path with its parameters filled in, and the query of those that were given. */
export function targetOf(
  { path, parameters }: Operation,
  values: Readonly<Record<string, string>>,
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? ''),
  );
  const query = new URLSearchParams(
    parameters
      .filter((parameter) => parameter.in === 'query')
      .map(({ name }) => [name, values[name] ?? ''])
      .filter(([, value]) => value !== ''),
  ).toString();
  return query === '' ? filled : `${filled}?${query}`;
}
