import { type EntityManager } from 'typeorm';
import { type ChainPoint, type ChainSeals, type HeadState } from './chain-seals.js';
import { type StoredEvent } from './chain-verifier.js';

/** As many as NEXT fetches. */
const BATCH = 500;

/** A head as it lies in the database. */
export interface StoredHead extends HeadState {
  readonly chain: string;
  /** Whether it is as it was written. */
  readonly isSealed: boolean;
}

export interface HeadRow {
  readonly chain: string;
  readonly sequence: string;
  readonly hash: Buffer;
  readonly anchor_sequence: string;
  readonly anchor_hash: Buffer;
  readonly mac: Buffer;
}

export function headOf(row: HeadRow, seals: ChainSeals): StoredHead {
  const state = {
    end: { sequence: Number(row.sequence), hash: row.hash },
    anchor: { sequence: Number(row.anchor_sequence), hash: row.anchor_hash },
  };
  return { ...state, chain: row.chain, isSealed: seals.isHead(row.chain, state, row.mac) };
}

export async function readHead(
  manager: EntityManager,
  chain: string,
  seals: ChainSeals,
): Promise<StoredHead | null> {
  const [row] = await manager.query<HeadRow[]>('SELECT * FROM audit_chain_heads WHERE chain = $1', [
    chain,
  ]);
  return row ? headOf(row, seals) : null;
}

/** `forged` for one that was not written here. */
export async function readCheckpoint(
  manager: EntityManager,
  chain: string,
  seals: ChainSeals,
): Promise<ChainPoint | 'forged' | null> {
  const [row] = await manager.query<{ sequence: string; hash: Buffer; mac: Buffer }[]>(
    'SELECT sequence, hash, mac FROM audit_checkpoints WHERE chain = $1',
    [chain],
  );
  if (!row) return null;
  const point = { sequence: Number(row.sequence), hash: row.hash };
  return seals.isCheckpoint(chain, point, row.mac) ? point : 'forged';
}

/**
 * The events of a chain in their order, a batch at a time, by a cursor of the database: so an event
 * that was put beside another of its number comes along as well. In a transaction alone.
 *
 * @param after the sequence number before the first one wanted
 */
export async function* eventsOf(
  manager: EntityManager,
  chain: string,
  after: number,
): AsyncGenerator<StoredEvent[]> {
  await manager.query(OPEN, [chain, after]);
  for (;;) {
    const rows = await manager.query<StoredRow[]>(NEXT);
    yield rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
    if (rows.length < BATCH) break;
  }
  await manager.query('CLOSE audit_chain');
}

type StoredRow = Omit<StoredEvent, 'sequence'> & { readonly sequence: string };

const OPEN = `
  DECLARE audit_chain NO SCROLL CURSOR FOR
  SELECT id, sequence, canonical, hash, organization_id, action, actor_kind, actor_id, project_id,
         target_id, ip, request_id, metadata,
         to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
    FROM audit_events
   WHERE chain = $1 AND sequence > $2
   ORDER BY sequence, id`;

const NEXT = 'FETCH 500 FROM audit_chain';
