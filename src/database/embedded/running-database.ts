import { type Config } from '../../config.js';
import { StartError } from '../../start-error.js';
import { readPrivateFile } from '../private-file.js';
import { systemFolderFor, urlFileIn } from './data-folder.js';
import { secretFileIn } from './secret-file.js';

/**
 * The database of the server that runs on the data folder, and the master secret. Makes neither.
 *
 * @throws StartError where no server runs there, or it got its secret from elsewhere
 */
export async function findRunningDatabase({
  dataDir,
  dataDirGiven,
  secret: given,
}: Pick<Config, 'dataDir' | 'dataDirGiven' | 'secret'>): Promise<{ url: string; secret: string }> {
  for (const folder of dataDirGiven ? [dataDir] : [dataDir, systemFolderFor(dataDir)]) {
    const url = await readPrivateFile(urlFileIn(folder));
    if (url === null) continue;
    const secret = given ?? (await readPrivateFile(secretFileIn(folder)));
    if (secret !== null) return { url, secret };
    throw new StartError(`KEYCAP_SECRET must be set as for the server that runs on ${folder}.`);
  }
  throw new StartError(
    `No server runs on ${dataDir}: start it, or set DATABASE_URL and KEYCAP_SECRET as it has them.`,
  );
}
