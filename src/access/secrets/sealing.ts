import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretHasher, type SecretPurpose } from './secret.js';

const ALGORITHM = 'aes-256-gcm';
const KEY_ID_BYTES = 8;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What is sealed. These purposes seal alone: their keys hash nothing. */
export type SealPurpose = Extract<
  SecretPurpose,
  'audit checkpoint' | 'idempotency' | 'mail' | 'signing key'
>;

/** A key of one purpose under one master secret. */
interface SealingKey {
  /** 8 bytes that say which key it is and nothing of the key itself. */
  readonly id: Buffer;
  readonly key: Buffer;
}

/**
 * Encrypts small values that have to be read again (AES-256-GCM). Each purpose has a key of its own,
 * derived from the master secret; what was sealed under a former master secret still opens.
 *
 * A sealed value is key id (8 bytes), initialisation vector (12), tag (16), ciphertext.
 */
@Injectable()
export class Sealer {
  private readonly keys = new Map<SealPurpose, readonly SealingKey[]>();

  constructor(private readonly hasher: SecretHasher) {}

  /** @param boundTo the row that the value belongs to: elsewhere it doesn't open */
  seal(purpose: SealPurpose, boundTo: string | Buffer, text: string): Buffer {
    const { id, key } = this.currentKey(purpose);
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(boundTo));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([id, iv, cipher.getAuthTag(), sealed]);
  }

  /** The text; null where it was changed, or sealed by someone else, for another purpose or row. */
  open(purpose: SealPurpose, boundTo: string | Buffer, sealed: Buffer): string | null {
    const found = this.keysOf(purpose).find(({ id }) => isSealedWith(id, sealed));
    if (!found) return null;
    const [iv, tag, text] = partsOf(sealed);
    try {
      const decipher = createDecipheriv(ALGORITHM, found.key, iv, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(boundTo))
        .setAuthTag(tag);
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }

  /** Whether it was sealed under the master secret of today; it need not open. */
  isCurrent(purpose: SealPurpose, sealed: Buffer): boolean {
    return isSealedWith(this.currentKey(purpose).id, sealed);
  }

  private currentKey(purpose: SealPurpose): SealingKey {
    const [current] = this.keysOf(purpose);
    if (!current) throw new Error('there is always a master secret');
    return current;
  }

  private keysOf(purpose: SealPurpose): readonly SealingKey[] {
    let keys = this.keys.get(purpose);
    if (!keys) {
      keys = this.hasher.keysFor(purpose).map((key) => ({ id: idOf(key), key }));
      this.keys.set(purpose, keys);
    }
    return keys;
  }
}

function idOf(key: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'keycap key id', KEY_ID_BYTES));
}

function isSealedWith(keyId: Buffer, sealed: Buffer): boolean {
  return sealed.subarray(0, KEY_ID_BYTES).equals(keyId);
}

/** Initialisation vector, tag and ciphertext. */
function partsOf(sealed: Buffer): [Buffer, Buffer, Buffer] {
  const tagAt = KEY_ID_BYTES + IV_BYTES;
  const textAt = tagAt + TAG_BYTES;
  return [
    sealed.subarray(KEY_ID_BYTES, tagAt),
    sealed.subarray(tagAt, textAt),
    sealed.subarray(textAt),
  ];
}
