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
  let tree: PlantedTree;

  beforeAll(async () => {
    tree = await PlantedTree.of({});
  });

  afterAll(() => tree.remove());

  it(
    'S62: two clean builds in two folders are the same, byte for byte',
    async () => {
      const { folder } = tree;
      for (const source of SOURCES) {
        await cp(join(ROOT, source), join(folder, source), { recursive: true });
      }
      await run(folder, TSC, '-p', 'tsconfig.build.json');
      // The other compilation is the one whose code the tests run; in a fresh clone clean as well.
      const compiled = await filesIn(ROOT, 'dist/src');
      expect(Object.keys(compiled)).toContain('dist/src/programs.js');
      expect(await filesIn(folder, 'dist/src')).toEqual(compiled);

      await run(folder, 'scripts/bundle.mjs');
      // What the engine has compiled of it is made of it, and nothing of it.
      const { 'dist/bundle/programs.cjs.cache': _, ...bundle } = await filesIn(ROOT, 'dist/bundle');
      expect(Object.keys(bundle)).toContain('dist/bundle/programs.cjs');
      expect(await filesIn(folder, 'dist/bundle')).toEqual(bundle);
    },
    PATIENCE_MS,
  );

  it('is strict code, of which the server makes nothing later than at its start', async () => {
    const bundle = await readFile(join(ROOT, 'dist/bundle/programs.cjs'), 'utf8');
    expect(bundle.startsWith(`'use strict';\n`)).toBe(true);
    // What the bundler makes later it keeps in variables that the engine can not take for constants.
    expect(bundle.match(/__esm\(\{\s*"(?:dist|node_modules\/class-)/g)).toBeNull();
  });

  it(
    'S62: the dashboard is built the same in another folder, byte for byte',
    async () => {
      const { folder } = tree;
      for (const source of ['dashboard', 'dist/bundle']) {
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
