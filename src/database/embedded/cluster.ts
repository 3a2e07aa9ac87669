import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../start-error.js';
import { hasCode } from '../private-file.js';
import type { Binaries } from './binaries.js';
import type { DataFolder } from './data-folder.js';
import { clusterIn } from './data-folder.js';
import { isAlive } from './postmaster.js';
import { asUser } from './system-user.js';

/** The superuser of the embedded cluster and its database. */
export const DATABASE_USER = 'keycap';

/** What PostgreSQL's programs get to see of the environment: none of the server's secrets. */
export const POSTGRES_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Makes the cluster where there is none. It appears whole, by a rename: a crash half-way or a second
 * start at the same time leaves no broken one.
 * @throws StartError where the cluster is of another major version
 */
export async function ensureCluster(
  folder: DataFolder,
  binaries: Binaries,
  password: string,
): Promise<void> {
  const cluster = clusterIn(folder.path);
  const found = await versionOf(cluster);
  if (found === null) {
    await removeLeftovers(folder.path);
    await initialise(folder, binaries, password);
    return;
  }
  const [major] = binaries.version.split('.');
  if (found === major) return;
  throw new StartError(
    `The data in ${folder.path} was written by PostgreSQL ${found}, and this is ${binaries.version}: ` +
      'dump it with the earlier Keycap and restore it, or choose another KEYCAP_DATA_DIR.',
  );
}

/** The major version that wrote the cluster, or `null` where there is none. */
async function versionOf(cluster: string): Promise<string | null> {
  try {
    return (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    if (hasCode(error, 'EACCES')) {
      throw new StartError(`KEYCAP_DATA_DIR holds a database of another user: ${cluster}.`);
    }
    throw error;
  }
}

async function initialise(folder: DataFolder, binaries: Binaries, password: string) {
  const { path, user } = folder;
  const temporary = join(path, `initdb.${process.pid}.${randomBytes(4).toString('hex')}`);
  const target = join(temporary, 'cluster');
  const passwordFile = join(temporary, 'password');
  try {
    await mkdir(temporary, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user !== null) {
      await chown(passwordFile, user.uid, user.gid);
      await chown(temporary, user.uid, user.gid);
    }
    await runInitdb(folder, binaries.initdb, target, passwordFile);
    await rename(target, clusterIn(path));
  } catch (error) {
    // Another start at the same time has made it: theirs has the same password.
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function runInitdb(
  { user }: DataFolder,
  initdb: string,
  target: string,
  passwordFile: string,
): Promise<void> {
  const parameters = [
    `--pgdata=${target}`,
    `--username=${DATABASE_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
    '--no-instructions',
    '--set=timezone=UTC',
    '--set=log_timezone=UTC',
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(initdb, parameters, {
      cwd: '/',
      env: POSTGRES_ENVIRONMENT,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...asUser(user),
    });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (complaint += part));
    child.once('error', reject);
    child.once('close', (code) => {
      const reason = complaint.trim().split('\n').at(-1) ?? '';
      if (code === 0) resolve();
      else reject(new StartError(`The embedded database could not be made: ${reason}`));
    });
  });
}

/** Removes what starts that died half-way left behind. */
async function removeLeftovers(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = /^initdb\.(\d+)\.[0-9a-f]+$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) {
      await rm(join(dataDir, name), { recursive: true, force: true });
    }
  }
}
