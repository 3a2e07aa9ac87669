import { randomBytes } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Sealer } from '../../access/secrets/sealing.js';
import { Transactions } from '../../database/transactions.js';
import { AuditKey } from './audit-key.entity.js';
import { ChainSeals } from './chain-seals.js';

/**
 * The keys that the chains are made with. They are random and lie encrypted in the database, so
 * that a new master secret leaves the chains as they are: it encrypts the keys anew.
 */
@Injectable()
export class AuditKeys implements OnApplicationBootstrap {
  private readonly logger = new Logger(AuditKeys.name);
  private known = new ChainSeals([]);
  /** By id: what is open once stays open, also when another server encrypts it anew. */
  private readonly opened = new Map<number, string>();

  constructor(
    private readonly sealer: Sealer,
    private readonly transactions: Transactions,
  ) {}

  /** As of the last time that they were read. */
  get seals(): ChainSeals {
    return this.known;
  }

  /** The first key of a new database is made here. */
  async onApplicationBootstrap(): Promise<void> {
    const { outside } = this.transactions;
    if (!(await outside.existsBy(AuditKey, {}))) await this.add(outside, 1);
    await this.read(outside);
  }

  /**
   * Called once at start, when the database is known to belong to the master secret: encrypts
   * under the one of today, and makes a key where none can be opened any more.
   */
  async prepare(): Promise<void> {
    const { outside } = this.transactions;
    const rows = await this.rows(outside);
    for (const row of rows) {
      const key = this.open(row);
      if (key === null) this.logger.error(`key ${row.id} of the audit log can't be opened`);
      else if (!this.sealer.isCurrent('audit checkpoint', row.sealed)) {
        await outside.update(AuditKey, { id: row.id }, { sealed: this.seal(row.id, key) });
      }
    }
    const isOpen = rows.some((row) => this.open(row) !== null);
    if (!isOpen) await this.add(outside, (rows[0]?.id ?? 0) + 1);
    await this.read(outside);
  }

  /** Also what another server has added meanwhile. */
  async read(manager: EntityManager): Promise<ChainSeals> {
    const rows = await this.rows(manager);
    const keys = rows.map((row) => this.open(row)).filter((key) => key !== null);
    this.known = new ChainSeals(keys.map((key) => Buffer.from(key, 'base64url')));
    return this.known;
  }

  /** Of several servers that start at once, one adds it. */
  private async add(manager: EntityManager, id: number): Promise<void> {
    const sealed = this.seal(id, randomBytes(32).toString('base64url'));
    await manager
      .createQueryBuilder()
      .insert()
      .into(AuditKey)
      .values({ id, sealed, createdAt: new Date() })
      .orIgnore()
      .execute();
  }

  /** Latest first. */
  private rows(manager: EntityManager): Promise<AuditKey[]> {
    return manager.find(AuditKey, { order: { id: 'DESC' } });
  }

  private seal(id: number, key: string): Buffer {
    return this.sealer.seal('audit checkpoint', nameOf(id), key);
  }

  private open({ id, sealed }: AuditKey): string | null {
    const key = this.opened.get(id) ?? this.sealer.open('audit checkpoint', nameOf(id), sealed);
    if (key !== null) this.opened.set(id, key);
    return key;
  }
}

/** What the sealed key is bound to. */
const nameOf = (id: number): string => `audit key ${id}`;
