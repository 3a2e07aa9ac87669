import { StartError } from '../../start-error.js';
import { secretFileIn } from './secret-file.js';

/** A second server on one data folder is told how to join the first. */
export class DataFolderInUse extends StartError {
  constructor(dataDir: string, urlFile: string) {
    super(
      `Another Keycap uses ${dataDir}; to join its database, start with ` +
        `DATABASE_URL="$(cat ${urlFile})" KEYCAP_SECRET="$(cat ${secretFileIn(dataDir)})" and another PORT.`,
    );
  }
}
