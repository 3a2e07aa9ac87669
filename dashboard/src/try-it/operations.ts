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
  readonly example?: unknown;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
}

/** An operation of the API, as far as one has to know it to call it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  /** Of its example body; null where it takes none. */
  readonly body: { readonly type: string; readonly example: string } | null;
}

/** Everything that is called with a session, a key or a client's token, by path. */
export async function loadOperations(): Promise<readonly Operation[]> {
  const response = await fetch('/openapi.json');
  const document = (await response.json()) as Document;
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/v1/') && !path.startsWith('/v1/admin/'))
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        summary: operation.summary ?? operation.operationId,
        parameters: parametersOf(operation, document),
        body: bodyOf(operation),
      })),
    );
}

/** Headers are the page's own business. */
function parametersOf({ parameters = [] }: DocumentedOperation, { components }: Document) {
  return parameters
    .map((parameter) => {
      if (!('$ref' in parameter)) return parameter;
      return components.parameters[parameter.$ref.split('/').at(-1) ?? ''];
    })
    .filter((parameter) => parameter !== undefined)
    .filter((parameter) => parameter.in !== 'header');
}

function bodyOf({ requestBody }: DocumentedOperation): Operation['body'] {
  const [entry] = Object.entries(requestBody?.content ?? {});
  if (!entry) return null;
  const [type, { example }] = entry;
  return { type, example: JSON.stringify(example ?? {}, null, 2) };
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
