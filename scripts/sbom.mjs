/**
 * `npm run --silent sbom [-- spdx]`: the bill of materials of what runs in production, as JSON in
 * the form of CycloneDX (or SPDX).
 *
 * Not by `npm sbom --omit dev`: that leaves out each package that a dev package also depends on,
 * which here are some forty that do run, pg among them. So npm gets a lockfile to read in which
 * there are no dev packages at all.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const format = process.argv[2] ?? 'cyclonedx';

const read = (file) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
const { devDependencies: _tools, ...manifest } = read('package.json');
const lockfile = read('package-lock.json');
delete lockfile.packages[''].devDependencies;
// A peer that a runtime package can do without, and that only development has: TypeScript.
lockfile.packages = Object.fromEntries(
  Object.entries(lockfile.packages).filter(([, { devOptional }]) => !devOptional),
);

const parent = mkdtempSync(join(tmpdir(), 'keycap-sbom-'));
try {
  // npm calls the bill after the folder.
  const folder = join(parent, manifest.name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lockfile));
  const args = ['sbom', '--sbom-format', format, '--package-lock-only'];
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
} finally {
  rmSync(parent, { recursive: true, force: true });
}
