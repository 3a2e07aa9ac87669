// A PostgreSQL of a test's own, as the server's: `node embedded-postgres.mjs <data folder>`, or with the
// URL of another one and a port behind it one that follows that. Tells its parent where it is, and ends it when it
// is told to end.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findBinaries, packagedBinaries } from '../../dist/src/database/embedded/binaries.js';
import { openDataFolder } from '../../dist/src/database/embedded/data-folder.js';
import { EmbeddedPostgres } from '../../dist/src/database/embedded/embedded-postgres.js';
import { endPostgres, startPostgres } from '../../dist/src/database/embedded/postgres-process.js';

const POLL_MS = 20;

const [dataDir, followed, port] = process.argv.slice(2);
const { url, stop } = await (followed ? follow(followed) : begin());
const end = () => void stop().then(() => process.exit(0));
process.once('SIGTERM', end);
// With its parent as well; listening for that is what keeps it running.
process.once('disconnect', end);
process.send({ url });

async function begin() {
  const postgres = await EmbeddedPostgres.start({ dataDir, dataDirGiven: true });
  return { url: postgres.url, stop: () => postgres.stop() };
}

async function follow(primary) {
  const folder = await openDataFolder(dataDir, true);
  const binaries = await findBinaries(packagedBinaries(), folder);
  const own = startPostgres(folder, binaries, port, { primary_conninfo: primary });
  while (!own.output().includes('ready to accept read-only connections')) {
    if (own.hasExited()) throw new Error(own.output());
    await delay(POLL_MS);
  }
  const password = (await readFile(join(dataDir, 'database-password'), 'utf8')).trim();
  return {
    url: `postgresql://keycap:${password}@127.0.0.1:${port}/keycap`,
    stop: () => endPostgres(own.pid, own.hasExited),
  };
}
