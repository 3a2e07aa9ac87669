import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** How long a tool may take on a machine that is busy with other tests. */
export const PATIENCE_MS = 180_000;

/** What the tools read beside the code that they judge. */
const TOOLING = [
  'package.json',
  'package-lock.json',
  '.prettierrc.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'eslint.config.js',
  '.dependency-cruiser.cjs',
  'scripts',
  'test/tsconfig.json',
];

/** A folder outside of the tree with this repository's tooling and the given files in it. */
export class PlantedTree {
  private constructor(readonly folder: string) {}

  static async of(files: Record<string, string>): Promise<PlantedTree> {
    const tree = new PlantedTree(await mkdtemp(join(tmpdir(), 'keycap-planted-')));
    await symlink(join(ROOT, 'node_modules'), join(tree.folder, 'node_modules'), 'dir');
    for (const file of TOOLING) {
      await cp(join(ROOT, file), join(tree.folder, file), { recursive: true });
    }
    for (const [file, text] of Object.entries(files)) await tree.write(file, text);
    return tree;
  }

  private async write(file: string, text: string): Promise<void> {
    const path = join(this.folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** What a tool of node_modules printed, whatever its exit code: findings are not a failure here. */
export async function outputOf(tool: string, args: string[], cwd: string): Promise<string> {
  const script = join(ROOT, 'node_modules', tool);
  return new Promise((settle, reject) => {
    execFile(
      process.execPath,
      [script, ...args],
      { cwd, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        if (stdout === '')
          reject(new Error(`${tool} printed nothing: ${stderr}`, { cause: error }));
        else settle(stdout);
      },
    );
  });
}
