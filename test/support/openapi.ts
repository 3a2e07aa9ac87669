import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Answer } from './keycap.js';
import { ask } from './keycap.js';

interface Reference {
  readonly $ref?: string;
}

interface MediaType {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { value: unknown }>>;
}

export interface DescribedResponse extends Reference {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content?: Readonly<Record<string, MediaType>>;
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly (Reference & { name?: string; in?: string })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, DescribedResponse>>;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly { url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/** What of a schema says which names are in it. */
interface Schema extends Reference {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** An operation and where it stands. */
export interface PlacedOperation extends DescribedOperation {
  readonly method: string;
  readonly path: string;
}

/** What the server says of itself, and whether its answers keep to it. */
export class Description {
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly operations: readonly PlacedOperation[];

  constructor(readonly document: OpenApiDocument) {
    // A CommonJS package, whose default export is its function in one loader and not in the other.
    (formats as unknown as { default: (ajv: Ajv2020) => void }).default(this.ajv);
    this.ajv.addSchema({ $id: 'document', components: document.components });
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ ...operation, method, path })),
    );
  }

  static async of(path = '/openapi.json'): Promise<Description> {
    return new Description(await ask<OpenApiDocument>('GET', path));
  }

  operation(id: string): PlacedOperation {
    const found = this.operations.find(({ operationId }) => operationId === id);
    if (!found) throw new Error(`no operation is called ${id}`);
    return found;
  }

  /** The response of a status, or the `default` one. */
  response({ responses }: DescribedOperation, status: number): DescribedResponse {
    const response = responses[status] ?? responses.default!;
    return response.$ref === undefined ? response : (this.at(response.$ref) as DescribedResponse);
  }

  /** What is wrong with a value, as sentences. */
  complaints(schema: object, value: unknown): string[] {
    const text = JSON.stringify(schema).replaceAll('"#/', '"document#/');
    const validate = this.validators.get(text) ?? this.ajv.compile(JSON.parse(text) as object);
    this.validators.set(text, validate);
    return validate(value) ? [] : validate.errors!.map(sentenceOf);
  }

  /** What is wrong with an answer to an operation: its status, its body, its headers. */
  complaintsAbout(id: string, answer: Answer<unknown>): string[] {
    const operation = this.operation(id);
    const place = `${id} ${answer.status}`;
    if (!(answer.status in operation.responses)) return [`${place} is not described`];
    const { content, headers = {} } = this.response(operation, answer.status);
    const missing = Object.keys(headers)
      .filter((name) => name === 'X-Request-Id' && !answer.headers.has(name))
      .map((name) => `${place}: no header ${name}`);
    const media = content?.['application/json'];
    const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
    const isFile = content !== undefined && type in content;
    if (!media) return answer.text === '' || isFile ? missing : [...missing, `${place}: a body`];
    const wrong = this.complaints(media.schema, answer.body);
    return [...missing, ...wrong.map((complaint) => `${place}: ${complaint}`)];
  }

  /** What an operation takes as its body, and what it answers with success, both as JSON or a form. */
  bodiesOf(operation: PlacedOperation): { readonly request: object; readonly answer: object } {
    const success = Object.keys(operation.responses).find((status) => status.startsWith('2'));
    const { content } = this.response(operation, Number(success));
    const request = Object.values(operation.requestBody?.content ?? {})[0]?.schema ?? {};
    return { request, answer: content?.['application/json']?.schema ?? {} };
  }

  /** The names of the values in a schema, however deep they lie; not those of objects themselves. */
  namesIn(schema: Schema, above: readonly string[] = []): string[] {
    const { $ref, properties = {}, items, allOf = [], anyOf = [], oneOf = [] } = schema;
    if ($ref !== undefined) {
      return above.includes($ref) ? [] : this.namesIn(this.at($ref), [...above, $ref]);
    }
    const inside = [...allOf, ...anyOf, ...oneOf, ...(items ? [items] : [])];
    const named = Object.entries(properties).flatMap(([name, member]) => {
      const names = this.namesIn(member, above);
      return names.length > 0 ? names : [name];
    });
    return [...named, ...inside.flatMap((one) => this.namesIn(one, above))];
  }

  /** What a reference refers to. */
  at(reference: string): object {
    const [, , kind = '', name = ''] = reference.split('/');
    return this.document.components[kind]![name]!;
  }
}

function sentenceOf({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || 'the body'} ${message ?? ''} ${JSON.stringify(params)}`;
}
