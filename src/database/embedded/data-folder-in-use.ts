import { existsSync } from 'node:fs';
import { StartError } from '../../start-error.js';
import { secretFileIn } from './secret-file.js';

/** A second server on one data folder is told how to join the first. */
export class DataFolderInUse extends StartError {
  constructor(dataDir: string, urlFile: string) {
    const file = secretFileIn(dataDir);
    const secret = existsSync(file) ? `"$(cat ${file})"` : 'as it was started with';
    super(
      `Another Keycap uses ${dataDir}; to join its database, start with ` +
        `DATABASE_URL="$(cat ${urlFile})" KEYCAP_SECRET=${secret} and another PORT.`,
    );
  }
}
