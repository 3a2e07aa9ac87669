import { spawnSync } from 'node:child_process';
import { PATIENCE_MS, PlantedTree } from './planted-tree.js';

/** All that a build asks of the API description. */
const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: '', version: '0' },
  paths: {},
  components: { schemas: { AuditEventBody: { properties: { action: { enum: ['some'] } } } } },
};

describe('npm run check', () => {
  it(
    'stops at the first finding, and ends with the step that has it',
    async () => {
      const tree = await PlantedTree.of({
        'src/main.ts': `import './hen.js';\n`,
        'src/server.ts': `export const two = 2;\n`,
        'src/signing-key.ts': `export const three = 3;\n`,
        'src/hen.ts': `import './egg.js';\n`,
        'src/egg.ts': `import './hen.js';\n`,
        'src/api-document.ts': `console.log(\n  '${JSON.stringify(DOCUMENT)}',\n);\n`,
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
