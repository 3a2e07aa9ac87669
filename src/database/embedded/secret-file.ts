import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { masterSecret } from '../../config-values.js';
import { StartError } from '../../start-error.js';
import { readOrCreatePrivateFile } from '../private-file.js';

/** Where the master secret of an embedded database lies (0600). */
export const secretFileIn = (dataDir: string): string => join(dataDir, 'secret');

/**
 * The master secret of the data folder, made on first use.
 * @throws StartError where the file holds none: it is never replaced, because every credential
 * depends on it
 */
export async function readSecretFile(dataDir: string): Promise<string> {
  const path = secretFileIn(dataDir);
  const secret = await readOrCreatePrivateFile(path, () => randomBytes(32).toString('base64url'));
  if (masterSecret.safeParse(secret).success) return secret;
  throw new StartError(`${path} holds no usable secret: restore it from a backup.`);
}
