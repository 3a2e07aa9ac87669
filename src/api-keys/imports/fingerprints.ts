import { type SecretHasher } from '../../access/secrets/secret.js';
import { type ForeignHash } from './foreign-hash.js';

type Hashed = Pick<ForeignHash, 'algorithm' | 'text'>;

/** Every keyed hash under which the imported one may be stored, the one to store first. */
export function fingerprintsOf(hasher: SecretHasher, { algorithm, text }: Hashed): Buffer[] {
  return hasher.candidates('imported hash', `${algorithm}:${text}`);
}
