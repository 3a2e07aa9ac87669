import { type OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './openapi-types.js';

/** Those paths of a document, with the components, schemes and tags that they use and no others. */
export function partOf(
  document: OpenAPIObject,
  includes: (path: string) => boolean,
): OpenAPIObject {
  const paths = Object.fromEntries(
    Object.entries(document.paths).filter(([path]) => includes(path)),
  );
  const operations = [...operationsOf({ paths })].map(({ operation }) => operation);
  const tags = new Set(operations.flatMap((operation) => operation.tags ?? []));
  const schemes = new Set(
    operations.flatMap(({ security = [] }) => security.flatMap((one) => Object.keys(one))),
  );
  const used = componentsUsedBy(paths, document);
  for (const scheme of schemes) used.add(`#/components/securitySchemes/${scheme}`);
  const components = Object.entries(document.components ?? {}).map(([kind, all]) => {
    const some = Object.entries(all as Record<string, unknown>).filter(([name]) =>
      used.has(`#/components/${kind}/${name}`),
    );
    return [kind, Object.fromEntries(some)] as const;
  });
  return {
    ...document,
    tags: (document.tags ?? []).filter(({ name }) => tags.has(name)),
    paths,
    components: Object.fromEntries(components),
  };
}

/** Every reference that can be reached. */
function componentsUsedBy(paths: object, document: OpenAPIObject): Set<string> {
  const used = new Set<string>();
  const open: unknown[] = [paths];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    for (const [, reference = ''] of JSON.stringify(part).matchAll(/"\$ref":"([^"]+)"/g)) {
      if (used.has(reference)) continue;
      used.add(reference);
      open.push(at(document, reference));
    }
  }
  return used;
}

function at(document: OpenAPIObject, reference: string): unknown {
  const steps = reference.replace('#/', '').split('/');
  return steps.reduce<unknown>((part, step) => (part as Record<string, unknown>)[step], document);
}
