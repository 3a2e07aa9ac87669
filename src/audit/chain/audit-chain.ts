import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { newId } from '../../access/ids.js';
import { AuditEvent } from '../audit-event.entity.js';
import { AuditKeys } from './audit-keys.js';
import { canonicalOf, type RecordedEvent } from './canonical-event.js';
import { chainOf } from './chain-name.js';
import { type HeadRow, headOf, type StoredHead } from './chain-reader.js';
import { BEGINNING, type ChainPoint, type ChainSeals } from './chain-seals.js';

/** An event that gets its id together with its place. */
export type NewEvent = Omit<RecordedEvent, 'id'>;

const LOCK = `
  SELECT * FROM audit_chain_heads WHERE chain = ANY($1::uuid[]) ORDER BY chain FOR UPDATE`;

/**
 * A chain's first head. Where there are events or a checkpoint already, the head was taken away:
 * the chain goes on where they end, and the head stays without its seal.
 */
const BEGIN = `
  INSERT INTO audit_chain_heads (chain, sequence, hash, anchor_sequence, anchor_hash, mac)
  SELECT $1::uuid, coalesce(latest.sequence, 0), coalesce(latest.hash, $2::bytea), 0, $2::bytea,
         CASE WHEN latest.sequence IS NULL
               AND NOT EXISTS (SELECT FROM audit_checkpoints WHERE chain = $1::uuid)
              THEN $3::bytea ELSE ''::bytea END
    FROM (SELECT) one
    LEFT JOIN LATERAL (
      SELECT sequence, hash FROM audit_events WHERE chain = $1::uuid ORDER BY sequence DESC LIMIT 1
    ) latest ON true
  ON CONFLICT (chain) DO NOTHING`;

const ADVANCE = `
  UPDATE audit_chain_heads head
     SET sequence = moved.sequence, hash = moved.hash, mac = moved.mac
    FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[])
      AS moved (chain, sequence, hash, mac)
   WHERE head.chain = moved.chain`;

/** Each takes 15 parameters, and a statement has 65,535 at most: one project may end more keys. */
const MOST_OF_ONE_INSERT = 500;

/** Writes events, each to the end of its chain. */
@Injectable()
export class AuditChain {
  private readonly logger = new Logger(AuditChain.name);

  constructor(private readonly keys: AuditKeys) {}

  /**
   * Writes them at the end of the transaction: the heads are locked until it commits, in the order
   * of their chains, and no lock that another change could hold is taken after them.
   */
  readonly append = async (manager: EntityManager, events: readonly NewEvent[]): Promise<void> => {
    const chains = [...new Set(events.map(chainOf))].sort();
    const heads = await this.lock(manager, chains);
    const { seals } = this.keys;
    const ends = new Map(heads.map(({ chain, end }) => [chain, end]));
    const rows = events.map((event) => {
      const chain = chainOf(event);
      const row = follow(chain, ends.get(chain) ?? BEGINNING, event, seals);
      ends.set(chain, { sequence: Number(row.sequence), hash: row.hash });
      return row;
    });
    for (let from = 0; from < rows.length; from += MOST_OF_ONE_INSERT) {
      await manager.insert(AuditEvent, rows.slice(from, from + MOST_OF_ONE_INSERT));
    }
    await manager.query(ADVANCE, advances(heads, ends, seals));
  };

  private async lock(manager: EntityManager, chains: readonly string[]): Promise<StoredHead[]> {
    let rows = await manager.query<HeadRow[]>(LOCK, [chains]);
    if (rows.length < chains.length) {
      const mac = (chain: string): Buffer =>
        this.keys.seals.head(chain, { end: BEGINNING, anchor: BEGINNING });
      for (const chain of chains) await manager.query(BEGIN, [chain, BEGINNING.hash, mac(chain)]);
      rows = await manager.query<HeadRow[]>(LOCK, [chains]);
    }
    return this.judged(manager, rows);
  }

  /** Another server may have written with a key that was added after this one had read them. */
  private async judged(manager: EntityManager, rows: readonly HeadRow[]): Promise<StoredHead[]> {
    const heads = rows.map((row) => headOf(row, this.keys.seals));
    if (heads.every(({ isSealed }) => isSealed)) return heads;
    const seals = await this.keys.read(manager);
    return rows.map((row) => {
      const head = headOf(row, seals);
      if (!head.isSealed) {
        this.logger.error(`the head of audit chain ${head.chain} is not the one that was written`);
      }
      return head;
    });
  }
}

/** The row of the event that comes after this place. */
function follow(
  chain: string,
  previous: ChainPoint,
  event: NewEvent,
  seals: ChainSeals,
): AuditEvent {
  const recorded = { ...event, id: newId() };
  const canonical = canonicalOf(recorded);
  const hash = seals.event(chain, previous, canonical);
  return { ...recorded, chain, sequence: String(previous.sequence + 1), canonical, hash };
}

/**
 * The parameters of ADVANCE. A head that is not the one that was written gets no seal: verification
 * goes on to find it, and whoever forged it has stopped no change.
 */
function advances(
  heads: readonly StoredHead[],
  ends: ReadonlyMap<string, ChainPoint>,
  seals: ChainSeals,
): [string[], number[], Buffer[], Buffer[]] {
  const moved = heads.map(({ chain, end, anchor, isSealed }) => {
    const state = { end: ends.get(chain) ?? end, anchor };
    return { chain, ...state.end, mac: isSealed ? seals.head(chain, state) : Buffer.alloc(0) };
  });
  return [
    moved.map(({ chain }) => chain),
    moved.map(({ sequence }) => sequence),
    moved.map(({ hash }) => hash),
    moved.map(({ mac }) => mac),
  ];
}
