import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../ormconfig.js';
import { Sealer } from './access/secrets/sealing.js';
import { SecretHasher } from './access/secrets/secret.js';
import { readConfig } from './config.js';
import { explainConnectionError } from './database/connection-errors.js';
import { findRunningDatabase } from './database/embedded/running-database.js';
import { Transactions } from './database/transactions.js';
import { commandOf, USAGE } from './oauth/signing-keys/signing-key-commands.js';
import { SigningKeyRotation } from './oauth/signing-keys/signing-key-rotation.js';
import { SigningKeyStore } from './oauth/signing-keys/signing-key-store.js';
import { SigningKeyComplaint } from './oauth/signing-keys/signing-keys.errors.js';
import { StartError } from './start-error.js';

const POOL_SIZE = 2;

/**
 * `npm run signing-key -- ...`, in the image `node dist/bundle/signing-key.js ...`: signing keys by
 * hand, beside the servers that use the database.
 *
 * @returns the exit code
 */
export async function runSigningKey(words: readonly string[]): Promise<number> {
  const command = commandOf(words);
  if (!command) {
    process.stderr.write(USAGE);
    return 2;
  }
  Logger.overrideLogger(false);
  try {
    process.stdout.write(await withRotation(command));
    return 0;
  } catch (error) {
    if (!(error instanceof StartError || error instanceof SigningKeyComplaint)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function withRotation<T>(work: (rotation: SigningKeyRotation) => Promise<T>): Promise<T> {
  const config = readConfig();
  const { databaseUrl, secret, formerSecrets } = config;
  const database =
    databaseUrl === null
      ? await findRunningDatabase(config)
      : // readConfig() has seen to it that it is there.
        { url: databaseUrl, secret: secret ?? '' };
  const dataSource = await connect(database.url);
  try {
    const store = new SigningKeyStore(new Sealer(new SecretHasher(database.secret, formerSecrets)));
    const transactions = new Transactions(dataSource);
    return await work(new SigningKeyRotation(dataSource, transactions, store, { config }));
  } finally {
    await dataSource.destroy();
  }
}

async function connect(url: string): Promise<DataSource> {
  try {
    return await new DataSource(dataSourceOptions(url, POOL_SIZE)).initialize();
  } catch (error) {
    throw explainConnectionError(error, url);
  }
}
