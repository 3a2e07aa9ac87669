import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { verify as verifyArgon2 } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { equalInConstantTime } from '../../access/secrets/secret.js';
import { type ImportAlgorithm, partsOfPbkdf2 } from './foreign-hash.js';

/** bcrypt ignores what comes after: another key with the same beginning would be taken for it. */
const MAX_BCRYPT_BYTES = 72;

/**
 * Whether the key belongs to the hash, by work of tens or hundreds of milliseconds outside of the
 * event loop.
 *
 * @param hash as `readForeignHash` gives it
 */
export async function matchesSlowHash(
  { algorithm, hash }: { readonly algorithm: ImportAlgorithm; readonly hash: string },
  key: string,
): Promise<boolean> {
  switch (algorithm) {
    case 'argon2':
      return verifyArgon2(hash, key);
    case 'bcrypt':
      return Buffer.byteLength(key) <= MAX_BCRYPT_BYTES && (await verifyBcrypt(key, hash));
    case 'pbkdf2_sha256':
      return matchesPbkdf2(hash, key);
    default:
      throw new Error(`${algorithm} is not slow`);
  }
}

async function matchesPbkdf2(text: string, key: string): Promise<boolean> {
  const [iterations = 1, salt = '', hash = Buffer.alloc(0)] = partsOfPbkdf2(text) ?? [];
  const derived = await promisify(pbkdf2)(key, salt, iterations, 32, 'sha256');
  return equalInConstantTime(derived, hash);
}
