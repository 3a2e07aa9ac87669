import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Sealer } from '../../access/secrets/sealing.js';
import { importKeyPair, type KeyPair, type NewKeyPair } from './key-pairs.js';
import { KeyRing, type UsableKey } from './key-ring.js';
import { SigningKey } from './signing-key.entity.js';

/** The rows of signing keys, their private keys sealed; all times are the database's. */
@Injectable()
export class SigningKeyStore {
  private readonly logger = new Logger(SigningKeyStore.name);
  /** By `kid`: what is open once stays open, and is imported once. */
  private opened = new Map<string, KeyPair>();
  private readonly unreadable = new Set<string>();

  constructor(private readonly sealer: Sealer) {}

  /**
   * The keys that open. One that doesn't was sealed under a master secret that this process is not
   * told, or not by Keycap: its tokens are not good here.
   */
  async read(manager: EntityManager): Promise<KeyRing> {
    const rows = await this.rows(manager);
    const opened = new Map<string, KeyPair>();
    const usable: UsableKey[] = [];
    for (const row of rows) {
      const pair = this.opened.get(row.kid) ?? (await this.open(row));
      if (!pair) continue;
      opened.set(row.kid, pair);
      usable.push({ ...pair, activatesAt: row.activatesAt });
    }
    this.opened = opened;
    return new KeyRing(usable);
  }

  /** Those that don't open as well, without what is sealed. */
  list(manager: EntityManager): Promise<SigningKey[]> {
    return manager.find(SigningKey, { order: { activatesAt: 'ASC', kid: 'ASC' } });
  }

  /** @returns when it begins to sign, `aheadSeconds` from now */
  async add(manager: EntityManager, pair: NewKeyPair, aheadSeconds: number): Promise<Date> {
    const [added] = await manager.query<{ activates_at: Date }[]>(
      `INSERT INTO oauth_signing_keys (kid, alg, sealed_private_key, created_at, activates_at)
       VALUES ($1, $2, $3, now(), now() + make_interval(secs => $4))
       RETURNING activates_at`,
      [pair.kid, pair.alg, this.seal(pair, pair.privateKey), aheadSeconds],
    );
    if (!added) throw new Error('an inserted row has a time');
    return added.activates_at;
  }

  /** @returns whether there was one */
  async remove(manager: EntityManager, kid: string): Promise<boolean> {
    const { affected } = await manager.delete(SigningKey, { kid });
    return affected === 1;
  }

  /** Removes the keys whose successor in the ring has been in use for this long. */
  async removeSuperseded(
    manager: EntityManager,
    ring: KeyRing,
    afterSeconds: number,
  ): Promise<void> {
    await manager.query(
      `DELETE FROM oauth_signing_keys AS key USING oauth_signing_keys AS successor
        WHERE successor.kid = ANY($1)
          AND successor.activates_at > key.activates_at
          AND successor.activates_at <= now() - make_interval(secs => $2)`,
      [ring.keys.map(({ publicJwk }) => publicJwk.kid), afterSeconds],
    );
  }

  /** Seals under the master secret of today what a former one has sealed, so that that one may go. */
  async sealAnew(manager: EntityManager): Promise<void> {
    for (const row of await this.rows(manager)) {
      if (this.sealer.isCurrent('signing key', row.sealedPrivateKey)) continue;
      const privateKey = this.unseal(row);
      if (privateKey === null) continue;
      await manager.update(
        SigningKey,
        { kid: row.kid },
        { sealedPrivateKey: this.seal(row, privateKey) },
      );
    }
  }

  private rows(manager: EntityManager): Promise<SigningKey[]> {
    return manager
      .createQueryBuilder(SigningKey, 'key')
      .addSelect('key.sealedPrivateKey')
      .getMany();
  }

  private async open(row: SigningKey): Promise<KeyPair | null> {
    const { kid, alg } = row;
    const privateKey = this.unseal(row);
    if (privateKey !== null) return importKeyPair({ kid, alg, privateKey });
    // Once, since the keys are read all the time.
    if (!this.unreadable.has(kid)) this.logger.error(`signing key ${kid} does not open`);
    this.unreadable.add(kid);
    return null;
  }

  private seal(row: SealedRow, privateKey: string): Buffer {
    return this.sealer.seal('signing key', nameOf(row), privateKey);
  }

  private unseal(row: SigningKey): string | null {
    return this.sealer.open('signing key', nameOf(row), row.sealedPrivateKey);
  }
}

type SealedRow = Pick<SigningKey, 'kid' | 'alg'>;

/** A key of RSA would do for two algorithms, but it was made for one. */
const nameOf = ({ kid, alg }: SealedRow): string => `${alg} ${kid}`;
