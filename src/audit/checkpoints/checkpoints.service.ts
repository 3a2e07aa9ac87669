import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Transactions } from '../../database/transactions.js';
import { AuditKeys } from '../chain/audit-keys.js';
import { BEFORE_EVERY_CHAIN } from '../chain/chain-name.js';
import { eventsOf, readCheckpoint, readHead } from '../chain/chain-reader.js';
import { type ChainPoint, type ChainSeals } from '../chain/chain-seals.js';
import { ChainVerifier } from '../chain/chain-verifier.js';
import { type RememberedPlace } from '../chain/verification.service.js';
import { checkpointOf, sharedChainIn, textOfCheckpoint } from './checkpoint-text.js';

/** Chains that are not where their checkpoint is, after chain $1. */
const MOVED = `
  SELECT head.chain
    FROM audit_chain_heads head
    LEFT JOIN audit_checkpoints checkpoint USING (chain)
   WHERE head.chain > $1 AND checkpoint.sequence IS DISTINCT FROM head.sequence
   ORDER BY head.chain
   LIMIT 500`;

const KEEP = `
  INSERT INTO audit_checkpoints AS kept (chain, sequence, hash, mac, created_at)
  VALUES ($1, $2, $3, $4, now())
  ON CONFLICT (chain) DO UPDATE
    SET sequence = excluded.sequence, hash = excluded.hash, mac = excluded.mac,
        created_at = excluded.created_at
    WHERE kept.sequence < excluded.sequence`;

/** Notes how far each chain has come, so that one that was cut back is found. */
@Injectable()
export class CheckpointsService {
  private readonly logger = new Logger(CheckpointsService.name);

  constructor(
    private readonly keys: AuditKeys,
    private readonly transactions: Transactions,
  ) {}

  /**
   * A checkpoint of every chain that has moved. What was added since the one before is verified
   * first: what does not follow from it gets none, and is named in the log.
   *
   * @returns the checkpoints as texts, one chain after the other
   */
  async *take(): AsyncGenerator<string> {
    const seals = await this.keys.read(this.transactions.outside);
    let last: string | undefined = BEFORE_EVERY_CHAIN;
    while (last !== undefined) {
      const moved: { chain: string }[] = await this.transactions.outside.query(MOVED, [last]);
      for (const { chain } of moved) {
        const text = await this.takeOf(chain, seals);
        if (text !== null) yield text;
      }
      last = moved.at(-1)?.chain;
    }
  }

  /** The place that the text of a checkpoint names, where it was written here for this chain. */
  async read(text: string | undefined, chain: string): Promise<ChainPoint | 'forged' | null> {
    if (text === undefined) return null;
    const seals = await this.keys.read(this.transactions.outside);
    return checkpointOf(text, chain, seals) ?? 'forged';
  }

  /** The same of a shared chain, which the text names. */
  async readShared(text: string | undefined): Promise<RememberedPlace | 'forged' | null> {
    if (text === undefined) return null;
    const chain = sharedChainIn(text);
    const point = chain === undefined ? 'forged' : await this.read(text, chain);
    if (chain === undefined || point === null || point === 'forged') return 'forged';
    return { chain, point };
  }

  private async takeOf(chain: string, seals: ChainSeals): Promise<string | null> {
    const end = await this.transactions.snapshot((manager) => verifiedEnd(manager, chain, seals));
    if (end === 'unmoved') return null;
    if (end === 'broken') {
      this.logger.error(`audit chain ${chain} is broken and gets no checkpoint: verify it`);
      return null;
    }
    const mac = seals.checkpoint(chain, end);
    await this.transactions.outside.query(KEEP, [chain, end.sequence, end.hash, mac]);
    return textOfCheckpoint(chain, end, mac);
  }
}

/** The end of the chain, where it follows from its last checkpoint. */
async function verifiedEnd(
  manager: EntityManager,
  chain: string,
  seals: ChainSeals,
): Promise<ChainPoint | 'unmoved' | 'broken'> {
  const head = await readHead(manager, chain, seals);
  const checkpoint = await readCheckpoint(manager, chain, seals);
  if (!head && !checkpoint) return 'unmoved';
  if (!head?.isSealed || checkpoint === 'forged') return 'broken';
  const start = checkpoint && checkpoint.sequence > head.anchor.sequence ? checkpoint : head.anchor;
  const verifier = new ChainVerifier(chain, start, [], seals);
  for await (const events of eventsOf(manager, chain, start.sequence)) {
    if (!events.every((event) => verifier.accept(event))) break;
  }
  if (!verifier.endsAt(head.end)) return 'broken';
  return checkpoint?.sequence === head.end.sequence ? 'unmoved' : head.end;
}
