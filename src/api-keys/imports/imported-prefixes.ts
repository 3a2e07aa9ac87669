import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Transactions } from '../../database/transactions.js';
import { mayBeImported, prefixesOf } from './imported-text.js';

/** What another process has imported is known after so long. */
const FRESH_MS = 1000;

/** Of all organizations, so that ids are committed in their order. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('imported prefixes', 0))`;
const INSERT = `
  INSERT INTO imported_prefixes (organization_id, prefix)
  SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`;
const NEWER = 'SELECT id, prefix FROM imported_prefixes WHERE id > $1 ORDER BY id';

/** How imported keys begin: kept in memory, so that text of no kind costs no query. */
@Injectable()
export class ImportedPrefixes {
  private readonly known = new Set<string>();
  private lastId = '0';
  private readAt = -Infinity;
  private reading: Promise<void> | null = null;

  constructor(private readonly transactions: Transactions) {}

  /** The prefixes with which the text begins; none for what is no imported key. */
  async of(text: string): Promise<string[]> {
    if (!mayBeImported(text)) return [];
    if (performance.now() - this.readAt >= FRESH_MS) await this.readNew();
    return prefixesOf(text).filter((prefix) => this.known.has(prefix));
  }

  /** To be done last in a transaction: other imports with new prefixes wait until it commits. */
  async add(
    manager: EntityManager,
    organizationId: string,
    prefixes: readonly string[],
  ): Promise<void> {
    if (prefixes.length === 0) return;
    await manager.query(LOCK);
    await manager.query(INSERT, [organizationId, prefixes]);
  }

  /** What was imported here is known at once. */
  async readNew(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = null;
    });
    await this.reading;
  }

  private async read(): Promise<void> {
    const startedAt = performance.now();
    const rows = await this.transactions.outside.query<{ id: string; prefix: string }[]>(NEWER, [
      this.lastId,
    ]);
    for (const { prefix } of rows) this.known.add(prefix);
    this.lastId = rows.at(-1)?.id ?? this.lastId;
    this.readAt = startedAt;
  }
}
