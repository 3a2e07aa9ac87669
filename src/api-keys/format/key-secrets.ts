import { Inject, Injectable } from '@nestjs/common';
import { SecretHasher } from '../../access/secrets/secret.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { type KeyEnvironment } from '../api-key.entity.js';
import { type GeneratedKey, KeyFormat } from './key-format.js';

export interface NewSecret extends GeneratedKey {
  /** What is stored of it. */
  readonly digest: Buffer;
}

/** The secret half of API keys: how they are made, recognised and looked up. */
@Injectable()
export class KeySecrets {
  readonly format: KeyFormat;

  constructor(
    @Inject(RUNTIME) { config }: Runtime,
    private readonly hasher: SecretHasher,
  ) {
    this.format = new KeyFormat(config.keyBrand, config.formerBrands);
  }

  generate(environment: KeyEnvironment): NewSecret {
    const generated = this.format.generate(environment);
    return { ...generated, digest: this.hasher.digest('api key', generated.plaintext) };
  }

  /** Whether the text begins as the keys of this deployment do. */
  claimsToBeKey(text: string): boolean {
    return this.format.hasBeginning(text);
  }

  /** Every digest under which the key may be stored; null, without I/O, for what is no key. */
  digestsOf(text: string): Buffer[] | null {
    return this.format.isWellFormed(text) ? this.everyDigestOf(text) : null;
  }

  /** The same for any text, the one to store first; it costs no more for a key than for what is none. */
  everyDigestOf(text: string): Buffer[] {
    return this.hasher.candidates('api key', text);
  }
}
