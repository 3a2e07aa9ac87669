import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { PATIENCE_MS, PlantedTree, ROOT } from './planted-tree.js';

const SOURCES = ['src', 'ormconfig.ts'];
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

const run = (folder: string, ...words: string[]) =>
  promisify(execFile)(process.execPath, words, { cwd: folder });

/** Each file of a part of a build, with the SHA-256 of its bytes. */
async function filesIn(folder: string, part: string): Promise<Record<string, string>> {
  const entries = await readdir(join(folder, part), { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    files[relative(folder, path)] = createHash('sha256').update(bytes).digest('hex');
  }
  return files;
}

describe('the build', () => {
  let trees: PlantedTree[] = [];

  beforeAll(async () => {
    trees = [await PlantedTree.of({}), await PlantedTree.of({})];
  });

  afterAll(async () => {
    for (const tree of trees) await tree.remove();
  });

  it(
    'S62: two clean builds in two folders are the same, byte for byte',
    async () => {
      const [one, other] = trees.map(({ folder }) => folder) as [string, string];
      for (const source of SOURCES) {
        await cp(join(ROOT, source), join(one, source), { recursive: true });
      }
      await run(one, TSC, '-p', 'tsconfig.build.json');
      // The other compilation is the one whose code the tests run; in a fresh clone clean as well.
      const compiled = await filesIn(ROOT, 'dist/src');
      expect(Object.keys(compiled)).toContain('dist/src/main.js');
      expect(await filesIn(one, 'dist/src')).toEqual(compiled);

      await cp(join(one, 'dist'), join(other, 'dist'), { recursive: true });
      for (const folder of [one, other]) await run(folder, 'scripts/bundle.mjs');
      const bundle = await filesIn(one, 'dist/bundle');
      expect(Object.keys(bundle)).toContain('dist/bundle/main.js');
      expect(await filesIn(other, 'dist/bundle')).toEqual(bundle);
    },
    PATIENCE_MS,
  );

  it(
    'S62: the dashboard is built the same in another folder, byte for byte',
    async () => {
      const folder = trees[0]?.folder ?? '';
      for (const source of ['dashboard', 'dist/ormconfig.js', 'dist/src']) {
        await cp(join(ROOT, source), join(folder, source), { recursive: true });
      }
      await run(folder, 'scripts/dashboard.mjs');
      for (const part of ['dist/api', 'dist/dashboard']) {
        // The other build is the one that the tests look at.
        const built = await filesIn(ROOT, part);
        expect(Object.keys(built).length).toBeGreaterThan(3);
        expect(await filesIn(folder, part)).toEqual(built);
      }
    },
    PATIENCE_MS,
  );
});
