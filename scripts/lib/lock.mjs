import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

/** Runs the work while no other process on this machine holds the lock file. */
export async function withLock(path, work) {
  await mkdir(dirname(path), { recursive: true });
  while (!(await take(path))) {
    await removeIfLeft(path);
    await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path) {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** A process that was killed has left its lock: taken away whole, then looked at again. */
async function removeIfLeft(path) {
  const holder = await readFile(path, 'utf8').catch(() => '');
  if (holder === '' || isAlive(Number(holder))) return;
  const taken = `${path}.${process.pid}`;
  await rename(path, taken).catch(() => undefined);
  const isSame = (await readFile(taken, 'utf8').catch(() => holder)) === holder;
  if (isSame) await rm(taken, { force: true });
  else await rename(taken, path);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
