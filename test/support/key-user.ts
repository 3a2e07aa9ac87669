import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../ormconfig.js';
import { SecretHasher } from '../../src/access/secrets/secret.js';
import { Sealer } from '../../src/access/secrets/sealing.js';
import { readConfig } from '../../src/config.js';
import { Transactions } from '../../src/database/transactions.js';
import { SigningKeyRotation } from '../../src/oauth/signing-keys/signing-key-rotation.js';
import { SigningKeyStore } from '../../src/oauth/signing-keys/signing-key-store.js';
import { SigningKeysService } from '../../src/oauth/signing-keys/signing-keys.service.js';
import { testVariable } from './servers.js';

/** What a server can do with the signing keys of its database, in this process. */
export interface KeyUser {
  readonly keys: SigningKeysService;
  readonly rotation: SigningKeyRotation;
  close(): Promise<void>;
}

/**
 * Opens the keys by the master secret of the tests, as nobody outside can. The spec has to import
 * `reflect-metadata` first.
 */
export async function keyUserOf(
  databaseUrl = testVariable('KEYCAP_TEST_DATABASE_URL'),
): Promise<KeyUser> {
  const dataSource = await new DataSource(dataSourceOptions(databaseUrl, 2)).initialize();
  const hasher = new SecretHasher(testVariable('KEYCAP_TEST_SECRET'));
  const store = new SigningKeyStore(new Sealer(hasher));
  const transactions = new Transactions(dataSource);
  const runtime = { config: readConfig({}) };
  const rotation = new SigningKeyRotation(dataSource, transactions, store, runtime);
  return {
    keys: new SigningKeysService(dataSource, store, rotation),
    rotation,
    close: () => dataSource.destroy(),
  };
}
