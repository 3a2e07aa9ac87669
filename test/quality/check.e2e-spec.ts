import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PATIENCE_MS, PlantedTree, ROOT } from './planted-tree.js';

/** All that a build asks of the API description. */
const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: '', version: '0' },
  paths: {},
  components: { schemas: { AuditEventBody: { properties: { action: { enum: ['some'] } } } } },
};

/** What the bundled programs begin with. */
const PROGRAMS = `const document =
  '${JSON.stringify(DOCUMENT)}';
export const apiDocument = (): unknown => JSON.parse(document);
export const plainProgress = null;
export const runSigningKey = (words: string[]): number => words.length;
export const serve = (progress: unknown): unknown => progress;
`;

/** How each of them is started, as it is. */
async function beginnings(): Promise<Record<string, string>> {
  const folder = 'src/bundled';
  const names = await readdir(join(ROOT, folder));
  const texts = names.map(async (name) => [
    `${folder}/${name}`,
    await readFile(join(ROOT, folder, name), 'utf8'),
  ]);
  return Object.fromEntries(await Promise.all(texts)) as Record<string, string>;
}

describe('npm run check', () => {
  it(
    'stops at the first finding, and ends with the step that has it',
    async () => {
      const tree = await PlantedTree.of({
        'src/farm.ts': `import './hen.js';\n`,
        'src/hen.ts': `import './egg.js';\n`,
        'src/egg.ts': `import './hen.js';\n`,
        'src/programs.ts': PROGRAMS,
        ...(await beginnings()),
        'dashboard/index.html': `<script type="module" src="/src/main.ts"></script>\n`,
        'dashboard/src/main.ts': `document.title = 'page';\n`,
        'ormconfig.ts': `export const one = 1;\n`,
      });
      try {
        const { status, stdout } = spawnSync(process.execPath, ['scripts/check.mjs'], {
          cwd: tree.folder,
          encoding: 'utf8',
        });
        // A step that takes its time says so in between.
        const printed = stdout.trimEnd().split('\n');
        const lines = printed.filter((line) => !/ \.\.\. \d+\.\d s/.test(line));
        expect(lines[0]).toMatch(/^ {2}Format \(npm run format:check\) {2}\d+\.\d s$/);
        expect(lines[1]).toMatch(/^ {2}Build \(npm run build\) {2}\d+\.\d s$/);
        expect(lines[2]).toMatch(/^ {2}Boundaries \(npm run boundaries\): failed after \d+\.\d s$/);
        expect(stdout).toContain('no-circular: src/egg.ts');
        expect(stdout).not.toContain('Types');
        expect(lines.at(-1)).toBe('The check failed: Boundaries (npm run boundaries).');
        expect(status).toBe(1);
      } finally {
        await tree.remove();
      }
    },
    PATIENCE_MS,
  );
});
