import { isReference, type FullSchema, type Schema } from './openapi-types.js';

type Schemas = Readonly<Record<string, Schema>>;

const EXAMPLE_TIME = '2026-11-22T10:00:00.000Z';

/** The schema behind a reference. */
export function resolved(schema: Schema, schemas: Schemas): FullSchema {
  if (!isReference(schema)) return schema;
  const name = schema.$ref.replace('#/components/schemas/', '');
  const target = schemas[name];
  if (!target) throw new Error(`the API description has no schema ${name}`);
  return resolved(target, schemas);
}

/**
 * A value of the schema, made of the examples of its members; `null` where there is neither an
 * example nor a value that goes without saying.
 *
 * @param includes which members of the outermost object it has
 */
export function exampleOf(
  schema: Schema,
  schemas: Schemas,
  includes: (name: string) => boolean = () => true,
): unknown {
  const full = resolved(schema, schemas);
  if (full.example !== undefined) return full.example as unknown;
  if (full.default !== undefined) return full.default as unknown;
  if (full.enum) return full.enum[0] as unknown;
  const [choice] = full.anyOf ?? full.oneOf ?? full.allOf ?? [];
  if (choice) return exampleOf(choice, schemas);
  if (full.properties) {
    const members = Object.entries(full.properties).filter(([name]) => includes(name));
    return Object.fromEntries(members.map(([name, one]) => [name, exampleOf(one, schemas)]));
  }
  if (full.items) return [exampleOf(full.items, schemas)];
  return plainExampleOf(full);
}

function plainExampleOf({ type, format }: FullSchema): unknown {
  const types = [type].flat();
  if (types.includes('null')) return null;
  if (types.includes('boolean')) return true;
  if (types.includes('object')) return {};
  return format === 'date-time' ? EXAMPLE_TIME : null;
}

/** Objects that have exactly the members that they declare. */
export function closed(schema: Schema): Schema {
  if (isReference(schema) || !schema.properties) return schema;
  return { ...schema, additionalProperties: false };
}

/** `example`, which JSON Schema does not know, as its `examples`, throughout. */
export function withStandardExamples(schema: Schema): Schema {
  if (isReference(schema)) return schema;
  const { properties, items } = schema;
  const standard: FullSchema = { ...schema };
  if (standard.example !== undefined) standard.examples = [standard.example];
  delete standard.example;
  if (items) standard.items = withStandardExamples(items);
  if (properties) {
    const members = Object.entries(properties);
    standard.properties = Object.fromEntries(
      members.map(([name, member]) => [name, withStandardExamples(member)]),
    );
  }
  return standard;
}
