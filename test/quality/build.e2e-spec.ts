import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PATIENCE_MS, PlantedTree, ROOT } from './planted-tree.js';

const SOURCES = ['src', 'ormconfig.ts'];
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Each file of a clean build in a new folder, with the SHA-256 of its bytes. */
async function buildElsewhere(): Promise<Record<string, string>> {
  const tree = await PlantedTree.of({});
  try {
    for (const source of SOURCES) {
      await cp(join(ROOT, source), join(tree.folder, source), { recursive: true });
    }
    await promisify(execFile)(process.execPath, [TSC, '-p', 'tsconfig.build.json'], {
      cwd: tree.folder,
    });
    const entries = await readdir(join(tree.folder, 'dist'), {
      recursive: true,
      withFileTypes: true,
    });
    const built: Record<string, string> = {};
    for (const entry of entries.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      built[path.slice(tree.folder.length)] = createHash('sha256').update(bytes).digest('hex');
    }
    return built;
  } finally {
    await tree.remove();
  }
}

describe('the build', () => {
  it(
    'S62: two clean builds in two folders are the same, byte for byte',
    async () => {
      const first = await buildElsewhere();
      const second = await buildElsewhere();
      expect(Object.keys(first)).toContain('/dist/src/main.js');
      expect(second).toEqual(first);
    },
    PATIENCE_MS,
  );
});
