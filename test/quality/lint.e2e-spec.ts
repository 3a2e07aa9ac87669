import { relative } from 'node:path';
import { outputOf, PATIENCE_MS, PlantedTree } from './planted-tree.js';

interface Result {
  filePath: string;
  messages: { ruleId: string | null }[];
}

/** For each rule that this house relies on: lines that must be found, one finding a file. */
const FORBIDDEN: Record<string, string[]> = {
  'keycap/no-secret-comparison': [
    `export const same = (digest: string, presented: string) => presented === digest;`,
    `export const same = (row: { secretHash: string }, hash: string) => row.secretHash !== hash;`,
    `export const same = (a: { digest?: string }, b: string) => a?.digest == b;`,
    `export const same = (digest: Buffer, b: Buffer) => digest.equals(b);`,
    `export const same = (digest: Buffer, b: Buffer) => Buffer.compare(b, digest) > 0;`,
  ],
  'keycap/no-built-sql': [
    'export const find = (db: { query(sql: string): string }, id: string) => db.query(`SELECT ${id}`);',
    "export const find = (db: { query(sql: string): string }, id: string) => db.query('SELECT ' + id);",
    `export function find(db: { query(sql: string): string }, ids: string[]) {
       const text = \`SELECT \${ids.join()}\`;
       return db.query(text);
     }`,
    `export function find(db: { query(sql: string): string }, id: string) {
       let where = ' WHERE ';
       where += id;
       return db.query('SELECT' + where);
     }`,
    "export const find = (db: { query(sql: string): string }, ids: string[]) => db.query(ids.join(','));",
  ],
  '@typescript-eslint/no-floating-promises': [
    `export function forget(save: () => Promise<void>): void { save(); }`,
  ],
  '@typescript-eslint/consistent-type-imports': [
    `import { Buffer } from 'node:buffer'; export type Bytes = Buffer;`,
  ],
  '@typescript-eslint/no-explicit-any': [`export type Anything = any;`],
  '@typescript-eslint/ban-ts-comment': [
    `// @ts-expect-error: the sum of a number and nothing\nexport const sum: string = 1;`,
  ],
  'no-restricted-syntax': [
    `export default 1;`,
    `const one = 1; export { one as default };`,
    `export const port = process.env.PORT;`,
    `import { env } from 'node:process'; export const port = env.PORT;`,
  ],
  'no-console': [`console.log('ready');`],
  'sonarjs/slow-regex': [`export const words = /^(\\w+\\s?)+$/;`],
  'sonarjs/todo-tag': [`// TODO: later\nexport const later = 1;`],
  'security/detect-bidi-characters': [`export const level = '\u202e admin';`],
};

const ALLOWED: Record<string, string> = {
  'src/config.ts': `export const port = process.env.PORT;`,
  'src/compares.ts': `
    import { timingSafeEqual } from 'node:crypto';
    export const same = (digest: Buffer, other: Buffer) => timingSafeEqual(digest, other);
    export const isSet = (secret: string | null) => secret !== null;
    export const isText = (secret: unknown) => typeof secret === 'string';
    export const isLong = (secret: string, length: number) => secret.length === length;`,
  'src/asks.ts': `
    interface Database { query(sql: string, values: unknown[]): string; }
    const FIND = \`SELECT name
      FROM users WHERE id = $1\`;
    export const find = (db: Database, id: string) => db.query(FIND, [id]);
    export const findNamed = (db: Database, id: string) =>
      db.query(FIND + ' AND name = $2', [id, 'x']);
    export const rename = (db: Database, id: string) =>
      db.query('UPDATE users ' + 'SET name = $2 WHERE id = $1', [id, 'x']);`,
  // A class that a decorated signature names must stay a value, or Nest can't see it.
  'src/things.controller.ts': `
    import { Body, Controller, Post } from '@nestjs/common';
    import { Thing } from './thing.dto.js';
    @Controller()
    export class ThingsController {
      @Post() create(@Body() thing: Thing): string { return thing.name; }
    }`,
  'src/thing.dto.ts': `export class Thing { name: string; }`,
};

const FORBIDDEN_IN_TESTS: Record<string, string[]> = {
  'no-restricted-syntax': [
    `it.skip('is left out', () => { expect(1 + 1).toBe(2); });`,
    `describe.only('alone', () => { it('runs', () => { expect(1 + 1).toBe(2); }); });`,
    `xit('is left out', () => { expect(1 + 1).toBe(2); });`,
    `it('waits', async () => {
       await new Promise((resolve) => setTimeout(resolve, 500));
       expect(1 + 1).toBe(2);
     });`,
    `import { setTimeout } from 'node:timers/promises';
     it('waits', async () => {
       await setTimeout(500);
       expect(1 + 1).toBe(2);
     });`,
  ],
  '@typescript-eslint/no-floating-promises': [
    `it('forgets', () => { expect(Promise.resolve(1)).resolves.toBe(1); });`,
  ],
};

describe('lint', () => {
  const files: Record<string, string> = { ...ALLOWED };
  const planted: [rule: string, file: string][] = [];
  let found: Map<string, (string | null)[]>;

  for (const [folder, cases] of [
    ['src', FORBIDDEN],
    ['test', FORBIDDEN_IN_TESTS],
  ] as const) {
    for (const [rule, texts] of Object.entries(cases)) {
      for (const [index, text] of texts.entries()) {
        const file = `${folder}/${rule.replaceAll(/\W/g, '-')}-${index}${folder === 'src' ? '' : '.e2e-spec'}.ts`;
        files[file] = text;
        planted.push([rule, file]);
      }
    }
  }

  beforeAll(async () => {
    const tree = await PlantedTree.of(files);
    try {
      const printed = await outputOf(
        'eslint/bin/eslint.js',
        ['--format', 'json', 'src', 'test'],
        tree.folder,
      );
      found = new Map(
        (JSON.parse(printed) as Result[]).map(({ filePath, messages }) => [
          relative(tree.folder, filePath),
          messages.map(({ ruleId }) => ruleId),
        ]),
      );
    } finally {
      await tree.remove();
    }
  }, PATIENCE_MS);

  it.each(planted)('%s reports %s', (rule, file) => {
    expect(found.get(file)).toContain(rule);
  });

  it.each(Object.keys(ALLOWED))('S58: nothing is wrong with %s', (file) => {
    expect(found.get(file)).toEqual([]);
  });
});
