import { randomBytes } from 'node:crypto';
import { link, mkdtemp, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A name beside `path` that no other process uses. */
const temporaryName = (path: string): string => `${path}.${randomBytes(6).toString('hex')}`;

async function writeTemporary(path: string, content: string): Promise<string> {
  const temporary = temporaryName(path);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(content);
    if (process.getuid?.() === 0) {
      // Whoever owns the folder can still start here later without being root.
      const { uid, gid } = await stat(dirname(path));
      await file.chown(uid, gid);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

/** Writes a file (0600) that a reader sees whole or not at all. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  await rename(await writeTemporary(path, content), path);
}

/**
 * The content of a private file (0600), made on first use. Of several processes that make it at
 * once one wins, and all read the same.
 */
export async function readOrCreatePrivateFile(path: string, make: () => string): Promise<string> {
  const existing = await readPrivateFile(path);
  if (existing !== null) return existing;
  const temporary = await writeTemporary(path, `${make()}\n`);
  try {
    await link(temporary, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  return (await readPrivateFile(path)) ?? '';
}

/** The content without surrounding white space; `null` where there is no such file. */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Whether a new file can be made in the folder; the error says why not. */
export async function assertWritable(folder: string): Promise<void> {
  await rm(await mkdtemp(join(folder, '.write-check.')), { recursive: true });
}

/** Whether an error is of the file system or network and has this code. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));
