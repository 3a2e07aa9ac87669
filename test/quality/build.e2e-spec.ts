import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { PATIENCE_MS, PlantedTree, ROOT } from './planted-tree.js';

const SOURCES = ['src', 'ormconfig.ts'];
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Each file of a clean build, with the SHA-256 of its bytes. */
async function build(folder: string): Promise<Record<string, string>> {
  const run = (...words: string[]) => promisify(execFile)(process.execPath, words, { cwd: folder });
  await run(TSC, '-p', 'tsconfig.build.json');
  await run('scripts/bundle.mjs');
  const entries = await readdir(join(folder, 'dist'), { recursive: true, withFileTypes: true });
  const built: Record<string, string> = {};
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    built[relative(folder, path)] = createHash('sha256').update(bytes).digest('hex');
  }
  return built;
}

describe('the build', () => {
  let trees: PlantedTree[] = [];

  beforeAll(async () => {
    trees = [await PlantedTree.of({}), await PlantedTree.of({})];
    for (const source of SOURCES) {
      for (const { folder } of trees) {
        await cp(join(ROOT, source), join(folder, source), { recursive: true });
      }
    }
  });

  afterAll(async () => {
    for (const tree of trees) await tree.remove();
  });

  it(
    'S62: two clean builds in two folders are the same, byte for byte',
    async () => {
      const [first, second] = [await build(trees[0]!.folder), await build(trees[1]!.folder)];
      expect(Object.keys(first)).toEqual(
        expect.arrayContaining(['dist/src/main.js', 'dist/bundle/main.js']),
      );
      expect(second).toEqual(first);
    },
    PATIENCE_MS,
  );
});
