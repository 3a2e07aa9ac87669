import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Transactions } from '../../database/transactions.js';
import { AuditKeys } from '../chain/audit-keys.js';
import { BEFORE_EVERY_CHAIN } from '../chain/chain-name.js';
import { eventsOf, type HeadRow, headOf, type StoredHead } from '../chain/chain-reader.js';
import { type ChainPoint, type ChainSeals } from '../chain/chain-seals.js';
import { ChainVerifier } from '../chain/chain-verifier.js';

/** Chains after $1 whose first event is from before $2. */
const AGED = `
  SELECT head.chain
    FROM audit_chain_heads head
    JOIN audit_events event
      ON event.chain = head.chain AND event.sequence = head.anchor_sequence + 1
   WHERE head.chain > $1 AND event.created_at < $2
   ORDER BY head.chain
   LIMIT 500`;

const REMOVE = 'DELETE FROM audit_events WHERE chain = $1 AND sequence <= $2';

const ANCHOR = `
  UPDATE audit_chain_heads
     SET anchor_sequence = $2, anchor_hash = $3, mac = $4
   WHERE chain = $1`;

/** Removes old events from the beginning of their chains, which can be verified as before. */
@Injectable()
export class AuditRetentionService {
  private readonly logger = new Logger(AuditRetentionService.name);

  constructor(
    private readonly keys: AuditKeys,
    private readonly transactions: Transactions,
  ) {}

  /** Removes what was recorded before `limit`. What is not as it was written is kept as it is. */
  async removeOlderThan(limit: Date): Promise<void> {
    const seals = await this.keys.read(this.transactions.outside);
    let last: string | undefined = BEFORE_EVERY_CHAIN;
    while (last !== undefined) {
      const aged: { chain: string }[] = await this.transactions.outside.query(AGED, [last, limit]);
      for (const { chain } of aged) await this.shorten(chain, limit, seals);
      last = aged.at(-1)?.chain;
    }
  }

  /** A batch at a time, since changes of the organization wait meanwhile. */
  private async shorten(chain: string, limit: Date, seals: ChainSeals): Promise<void> {
    let isMore = true;
    while (isMore) {
      isMore = await this.transactions.run((manager) =>
        this.removeBatch(manager, chain, limit, seals),
      );
    }
  }

  /** @returns whether there may be more */
  private async removeBatch(
    manager: EntityManager,
    chain: string,
    limit: Date,
    seals: ChainSeals,
  ): Promise<boolean> {
    const [row] = await manager.query<HeadRow[]>(
      'SELECT * FROM audit_chain_heads WHERE chain = $1 FOR UPDATE',
      [chain],
    );
    const head = row ? headOf(row, seals) : null;
    const found = head?.isSealed ? await agedEnd(manager, head, limit, seals) : 'broken';
    if (found === 'broken' || head === null) {
      this.logger.error(`audit chain ${chain} is broken and keeps its old events: verify it`);
      return false;
    }
    if (found.sequence === head.anchor.sequence) return false;
    const mac = seals.head(chain, { end: head.end, anchor: found });
    await manager.query(REMOVE, [chain, found.sequence]);
    await manager.query(ANCHOR, [chain, found.sequence, found.hash, mac]);
    return true;
  }
}

/**
 * The last of the first events that are too old. They are verified on the way: the times of events
 * that someone wants to be rid of are easily changed.
 */
async function agedEnd(
  manager: EntityManager,
  { chain, anchor }: StoredHead,
  limit: Date,
  seals: ChainSeals,
): Promise<ChainPoint | 'broken'> {
  const verifier = new ChainVerifier(chain, anchor, [], seals);
  for await (const events of eventsOf(manager, chain, anchor.sequence)) {
    for (const event of events) {
      const before = verifier.end;
      if (!verifier.accept(event)) return 'broken';
      if (new Date(event.created_at) >= limit) return before;
    }
    break;
  }
  return verifier.end;
}
