import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Config } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { type SigningAlg } from '../../config-values.js';
import { Transactions } from '../../database/transactions.js';
import { makeKeyPair, type NewKeyPair } from './key-pairs.js';
import { type KeyRing, type KeyState } from './key-ring.js';
import { KEPT_SECONDS, PUBLISH_AHEAD_SECONDS } from './lifetimes.js';
import { SigningKeyStore } from './signing-key-store.js';
import { NoUsableSigningKey, UnknownSigningKey } from './signing-keys.errors.js';
import { ADVISORY_LOCKS } from '../../database/advisory-locks.js';

const DAY_MS = 86_400_000;

/** A key that has just been made. */
export interface MadeKey {
  readonly kid: string;
  readonly activatesAt: Date;
}

/** A key as an operator sees it. */
export interface ListedKey extends MadeKey {
  readonly alg: SigningAlg;
  readonly createdAt: Date;
  /** What doesn't open here neither signs nor is published. */
  readonly state: KeyState | 'unreadable';
}

interface DueKey {
  readonly alg: SigningAlg;
  /** Seconds from now until it signs. */
  readonly ahead: number;
}

/** Makes signing keys and lets them go, with any number of processes at it. */
@Injectable()
export class SigningKeyRotation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly store: SigningKeyStore,
    @Inject(RUNTIME)
    private readonly runtime: { readonly config: Pick<Config, 'signingAlg' | 'signingKeyDays'> },
  ) {}

  /**
   * Called at the start, once the database is known to belong to the master secret: there is a key,
   * the newest one is of the algorithm that is configured, and a former master secret may go. While
   * servers of different configurations run, none but a start changes the algorithm.
   *
   * @returns the key that had to be made
   */
  async prepare(): Promise<MadeKey | null> {
    await this.store.sealAnew(this.dataSource.manager);
    const made = await this.addIfDue((ring) => this.dueFirst(ring) ?? this.dueByAlgorithm(ring));
    return made ?? this.lookAfter();
  }

  /** Publishes the next key in time, and removes those of which no token is good any more. */
  async lookAfter(now = new Date()): Promise<MadeKey | null> {
    const made = await this.addIfDue((ring) => this.dueFirst(ring) ?? this.dueByAge(ring, now));
    const { manager } = this.dataSource;
    await this.store.removeSuperseded(manager, await this.store.read(manager), KEPT_SECONDS);
    return made;
  }

  /** All of them, in order of use. */
  async list(now = new Date()): Promise<ListedKey[]> {
    const { manager } = this.dataSource;
    const ring = await this.store.read(manager);
    const rows = await this.store.list(manager);
    return rows.map(({ kid, alg, createdAt, activatesAt }) => {
      const state = ring.stateOf(kid, now) ?? 'unreadable';
      return { kid, alg, createdAt, activatesAt, state };
    });
  }

  /**
   * A next key of the same algorithm.
   *
   * @param ahead seconds until it signs
   * @throws NoUsableSigningKey
   */
  async rotate(ahead = PUBLISH_AHEAD_SECONDS): Promise<MadeKey> {
    const made = await this.addIfDue(
      ({ newest }) => newest && { alg: newest.publicJwk.alg, ahead },
    );
    if (!made) throw new NoUsableSigningKey();
    return made;
  }

  /**
   * Removes a key at once, and with it every token that it has signed.
   *
   * @returns the new key that signs instead, where it was the one in use
   * @throws UnknownSigningKey
   */
  async retire(kid: string, now = new Date()): Promise<MadeKey | null> {
    const inUse = (await this.store.read(this.dataSource.manager)).inUse(now)?.publicJwk;
    const successor = inUse?.kid === kid ? await makeKeyPair(inUse.alg) : null;
    return this.alone(async (manager) => {
      if (!(await this.store.remove(manager, kid))) throw new UnknownSigningKey(kid);
      return successor && this.add(manager, successor, 0);
    });
  }

  private dueFirst({ newest }: KeyRing): DueKey | undefined {
    return newest ? undefined : { alg: this.runtime.config.signingAlg, ahead: 0 };
  }

  private dueByAlgorithm({ newest }: KeyRing): DueKey | undefined {
    const { signingAlg: alg } = this.runtime.config;
    return newest?.publicJwk.alg === alg ? undefined : { alg, ahead: PUBLISH_AHEAD_SECONDS };
  }

  private dueByAge({ newest }: KeyRing, now: Date): DueKey | undefined {
    const { signingAlg: alg, signingKeyDays } = this.runtime.config;
    const age = now.getTime() - (newest?.activatesAt.getTime() ?? 0);
    return age < signingKeyDays * DAY_MS ? undefined : { alg, ahead: PUBLISH_AHEAD_SECONDS };
  }

  /** Adds the key that `due` asks for, unless another process was faster. */
  private async addIfDue(due: (ring: KeyRing) => DueKey | undefined): Promise<MadeKey | null> {
    const wanted = due(await this.store.read(this.dataSource.manager));
    if (!wanted) return null;
    // Before the lock: a key of RSA takes longer than a statement may wait.
    const pair = await makeKeyPair(wanted.alg);
    return this.alone(async (manager) => {
      const stillWanted = due(await this.store.read(manager));
      return stillWanted ? this.add(manager, pair, wanted.ahead) : null;
    });
  }

  private async add(manager: EntityManager, pair: NewKeyPair, ahead: number): Promise<MadeKey> {
    return { kid: pair.kid, activatesAt: await this.store.add(manager, pair, ahead) };
  }

  /** A transaction in which no other process makes or removes keys. */
  private alone<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.transactions.run(async (manager) => {
      await manager.query(
        'SELECT pg_advisory_xact_lock($1, $2)',
        ADVISORY_LOCKS.signingKeyRotation,
      );
      return work(manager);
    });
  }
}
