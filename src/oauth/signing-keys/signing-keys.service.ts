import { Injectable } from '@nestjs/common';
import { type CryptoKey } from 'jose';
import { DataSource } from 'typeorm';
import { type SigningAlg } from '../../config-values.js';
import { type PublicJwk } from './key-pairs.js';
import { type KeyRing, type UsableKey } from './key-ring.js';
import { KEYS_MAX_AGE_SECONDS } from './lifetimes.js';
import { RecentCopy } from './recent-copy.js';
import { SigningKeyRotation } from './signing-key-rotation.js';
import { SigningKeyStore } from './signing-key-store.js';

const KEYS_MAX_AGE_MS = KEYS_MAX_AGE_SECONDS * 1000;
/** A client that asks for a key it does not know shall find it, whichever process answers. */
const PUBLISHED_MAX_AGE_MS = 1000;
const THUMBPRINT = /^[\w-]{43}$/;

/** What a token is signed with. */
export interface CurrentKey {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly privateKey: CryptoKey;
}

/**
 * The keys of access tokens (RFC 9068). They are read again every 30 s, so ask before a transaction
 * is opened, not in it: a second connection is refused there.
 */
@Injectable()
export class SigningKeysService {
  private readonly ring: RecentCopy<KeyRing>;

  constructor(
    dataSource: DataSource,
    store: SigningKeyStore,
    private readonly rotation: SigningKeyRotation,
  ) {
    this.ring = new RecentCopy(() => store.read(dataSource.manager));
  }

  /** The key to sign with. */
  async current(now = new Date()): Promise<CurrentKey> {
    const ring = await this.ring.get(KEYS_MAX_AGE_MS);
    const { publicJwk, privateKey } = ring.inUse(now) ?? (await this.first(now));
    return { kid: publicJwk.kid, alg: publicJwk.alg, privateKey };
  }

  /**
   * The key of a token's header; null where it is unknown or signs by another algorithm. One that
   * another process has made this moment is known; one that was retired is, for 30 s at most.
   */
  async verificationKey(kid: string, alg: string): Promise<CryptoKey | null> {
    if (!THUMBPRINT.test(kid)) return null;
    const key =
      (await this.ring.get(KEYS_MAX_AGE_MS)).find(kid) ?? (await this.ring.reload()).find(kid);
    return key?.publicJwk.alg === alg ? key.publicKey : null;
  }

  /** All keys whose tokens are good, now or soon: a JWK set (RFC 7517 §5), in order of use. */
  async publicJwks(): Promise<{ keys: PublicJwk[] }> {
    const { keys } = await this.ring.get(PUBLISHED_MAX_AGE_MS);
    return { keys: keys.map(({ publicJwk }) => publicJwk) };
  }

  /** Every start makes one; it is missing where somebody has emptied the table since. */
  private async first(now: Date): Promise<UsableKey> {
    await this.rotation.lookAfter(now);
    const key = (await this.ring.reload()).inUse(now);
    if (!key) throw new Error('the signing key that was just made is gone');
    return key;
  }
}
