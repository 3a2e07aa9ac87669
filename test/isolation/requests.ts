import type { Answer, Method } from '../support/keycap.js';
import { call } from '../support/keycap.js';
import type { Description, PlacedOperation } from '../support/openapi.js';
import type { Objects } from './objects.js';
import type { Named, Row } from './row.js';
import type { Tenant } from './tenant.js';

/** One operation with its row. */
export interface Filled extends PlacedOperation {
  readonly row: Row;
  /** Whether the body is a form. */
  readonly takesForm: boolean;
}

/** A request, but for what is always the same. */
export interface Filling {
  readonly as: string | undefined;
  /** What each name in the path is. */
  readonly ids: Readonly<Record<string, string>>;
  /** Beside or instead of the good ones. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export function filledOperation(description: Description, id: string, row: Row): Filled {
  const operation = description.operation(id);
  const { content = {} } = operation.requestBody ?? {};
  return { ...operation, row, takesForm: 'application/x-www-form-urlencoded' in content };
}

/** The names of an operation's path, query and body, as a row lists them. */
export function namesIn(description: Description, operation: PlacedOperation): object {
  const { path, parameters, requestBody } = operation;
  const media = Object.values(requestBody?.content ?? {})[0];
  const { $ref } = (media?.schema ?? {}) as { readonly $ref?: string };
  const schema = $ref === undefined ? media?.schema : description.at($ref);
  const inQuery = parameters.filter((one) => one.in === 'query');
  return {
    path: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted(),
    query: inQuery.map(({ name }) => name).toSorted(),
    body: Object.keys((schema as { properties?: object } | undefined)?.properties ?? {}).toSorted(),
  };
}

export function namesOf({ path = {}, query = {}, body = {} }: Row): object {
  const names = (listed: object): string[] => Object.keys(listed).toSorted();
  return { path: names(path), query: names(query), body: names(body) };
}

/** The first kind that a path's name stands for, filled from these. */
export function idsFrom({ path = {} }: Row, objects: Objects): Record<string, string> {
  return Object.fromEntries(
    Object.entries(path).map(([name, kinds]) => [name, objects[kindsOf(kinds)[0]!]]),
  );
}

export function kindsOf(named: Named): readonly (keyof Objects)[] {
  if (named === null) return [];
  return typeof named === 'string' ? [named] : named;
}

/** Asks an operation of `own`, with a good query and body unless told otherwise. */
export function send(
  { method, path, row, takesForm }: Filled,
  own: Tenant,
  { as, ids, query, body, headers }: Filling,
): Promise<Answer<unknown>> {
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(ids[name]!));
  const asked = new URLSearchParams({ ...row.asking?.(own.objects), ...query });
  const sent = { ...row.sending?.(own.objects, own), ...body };
  const hasBody = row.body !== undefined || Object.keys(sent).length > 0;
  return call(
    method.toUpperCase() as Method,
    asked.size > 0 ? `${address}?${asked.toString()}` : address,
    {
      ...(own.url !== undefined && { url: own.url }),
      ...(as !== undefined && { as }),
      ...(hasBody && (takesForm ? { form: sent as Record<string, string> } : { body: sent })),
      headers: { ...row.headers?.(own), ...headers },
    },
  );
}
