import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StartError } from '../../start-error.js';
import { assertWritable, hasCode } from '../private-file.js';
import type { SystemUser } from './system-user.js';
import { canEnter, postgresUser } from './system-user.js';

/** A data folder that the server can write and that PostgreSQL's user can pass. */
export interface DataFolder {
  readonly path: string;
  readonly user: SystemUser | null;
}

/** Where the cluster lies in a data folder. */
export const clusterIn = (dataDir: string): string => join(dataDir, 'postgres');

/** Where the server that owns a data folder says how its database is reached (0600). */
export const urlFileIn = (dataDir: string): string => join(dataDir, 'database-url');

/** Where the data goes as root when the default folder lies below one that only root may enter. */
const SYSTEM_FOLDER = '/var/lib/keycap';

/**
 * Makes the folder (0700; as root 0711, so that PostgreSQL's user can pass) or checks it.
 * @param given whether the operator chose it: only the default one may be replaced by another
 * @throws StartError where it can't be written or passed
 */
export async function openDataFolder(path: string, given: boolean): Promise<DataFolder> {
  const folder = await ensureFolder(path);
  if (folder.user === null || (await passable(folder))) return folder;
  if (given || (await isUsed(path))) {
    throw new StartError(
      `KEYCAP_DATA_DIR (${path}) lies below a folder that the user PostgreSQL runs as ` +
        `(uid ${folder.user.uid}) may not enter: choose another, or allow it with chmod o+x.`,
    );
  }
  await ensureFolder(SYSTEM_FOLDER);
  return ensureFolder(systemFolderFor(path));
}

/** Where the data of a default folder that can't be used goes. */
export function systemFolderFor(path: string): string {
  const project = createHash('sha256').update(dirname(path)).digest('hex').slice(0, 12);
  return join(SYSTEM_FOLDER, project);
}

async function ensureFolder(path: string): Promise<DataFolder> {
  const isRoot = process.getuid?.() === 0;
  try {
    const made = await mkdir(path, { recursive: true, mode: 0o700 });
    // Parents that had to be made are passable as well.
    for (let each = path; made !== undefined && each.length >= made.length; each = dirname(each)) {
      await chmod(each, isRoot ? 0o711 : 0o700);
    }
    await assertWritable(path);
  } catch (error) {
    throw new StartError(`KEYCAP_DATA_DIR (${path}) is not writable: ${reasonOf(error)}.`);
  }
  return { path, user: postgresUser(clusterIn(path)) };
}

/** A folder of root that holds only Keycap's own things is opened for PostgreSQL's user. */
async function passable({ path, user }: DataFolder): Promise<boolean> {
  if (canEnter(user, path)) return true;
  const { uid, mode } = await stat(path);
  const own = (await readdir(path)).length === 0 || (await isUsed(path));
  if (uid !== 0 || (mode & 0o011) === 0o011 || !own) return false;
  await chmod(path, mode | 0o011);
  return canEnter(user, path);
}

async function isUsed(path: string): Promise<boolean> {
  return (await stat(clusterIn(path)).catch(() => null)) !== null;
}

function reasonOf(error: unknown): string {
  if (hasCode(error, 'EACCES', 'EPERM')) return 'permission denied';
  if (hasCode(error, 'EEXIST', 'ENOTDIR')) return 'it is no folder';
  if (hasCode(error, 'EROFS')) return 'the file system is read-only';
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) return 'the disk is full';
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
