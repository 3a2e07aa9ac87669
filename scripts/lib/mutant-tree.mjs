import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { mutated } from './mutants.mjs';
import { fromRoot } from './paths.mjs';

const LEFT_OUT = new Set(['.git', '.keycap', 'coverage', 'node_modules']);
const KEPT_CHARACTERS = 20_000;
/** A mutant may make a program wait for ever. */
const PATIENCE_MINUTES = 15;
const GRACE_MS = 30_000;

/** A copy of the working tree, with its build and with node_modules as a link, to plant mutants in. */
export class MutantTree {
  #folder;
  #stop;

  constructor(folder, stop) {
    this.#folder = folder;
    this.#stop = stop;
  }

  /**
   * Does the work with a tree that is removed afterwards.
   *
   * @param stop an AbortSignal; when it comes, what runs in the tree is ended and waited for
   */
  static async use(stop, work) {
    const folder = await mkdtemp(join(tmpdir(), 'keycap-mutants-'));
    try {
      const root = fromRoot('.');
      const filter = (path) => !LEFT_OUT.has(relative(root, path));
      await cp(root, folder, { recursive: true, filter });
      await symlink(fromRoot('node_modules'), join(folder, 'node_modules'), 'dir');
      return await work(new MutantTree(folder, stop));
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  /** Does the work while the mutant is in the code. */
  async with(mutant, work) {
    const path = join(this.#folder, mutant.file);
    const text = await readFile(path, 'utf8');
    await writeFile(path, mutated(text, mutant));
    try {
      return await work();
    } finally {
      await writeFile(path, text);
    }
  }

  /**
   * Builds what changed and runs the tests.
   *
   * @returns Jest's results, null where no test ran; and what was printed
   */
  async test({ tests, testNamePattern }) {
    const file = join(this.#folder, 'dist/mutant-results.json');
    await rm(file, { force: true });
    const output = await this.#run('scripts/test.mjs', [
      ...tests,
      ...(testNamePattern === undefined ? [] : ['--testNamePattern', testNamePattern]),
      ...['--json', '--outputFile', file],
      // So that nothing of this tree stays in the cache that all trees share.
      ...['--cacheDirectory', join(this.#folder, 'dist/jest-cache')],
    ]);
    return { results: existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : null, output };
  }

  async #run(script, parameters) {
    this.#stop.throwIfAborted();
    const child = spawn(process.execPath, [script, ...parameters], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a group of its own: Ctrl-C reaches it through this process alone, and once.
      detached: true,
    });
    let output = '';
    const keep = (part) => {
      output = (output + part).slice(-KEPT_CHARACTERS);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const end = await endOf(child, this.#stop);
    this.#stop.throwIfAborted();
    return `${output}\n${end}`;
  }
}

/** @returns how it ended, or nothing where it did so by itself */
async function endOf(child, stop) {
  let grace;
  const end = () => {
    child.kill('SIGINT');
    grace ??= setTimeout(() => process.kill(-child.pid, 'SIGKILL'), GRACE_MS);
  };
  const patience = setTimeout(end, PATIENCE_MINUTES * 60_000);
  stop.addEventListener('abort', end);
  try {
    const [, signal] = await once(child, 'close');
    if (grace !== undefined) return `It did not end within ${PATIENCE_MINUTES} minutes.`;
    return signal === null ? '' : `It was ended by ${signal}.`;
  } finally {
    clearTimeout(patience);
    clearTimeout(grace);
    stop.removeEventListener('abort', end);
  }
}
