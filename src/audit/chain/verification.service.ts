import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Transactions } from '../../database/transactions.js';
import { AuditKeys } from './audit-keys.js';
import { eventsOf, readCheckpoint, readHead } from './chain-reader.js';
import { BEGINNING, type ChainPoint, type ChainSeals } from './chain-seals.js';
import { ChainVerifier } from './chain-verifier.js';

/** So that an event that was planted below the first number is seen as well. */
const BEFORE_ALL = Number.MIN_SAFE_INTEGER;

export interface Verification {
  readonly valid: boolean;
  /** How many events were found as they were written, from the first one that is kept on. */
  readonly checked: number;
  /** UUID; null as well where what is missing is the end. */
  readonly firstBrokenId: string | null;
}

/** Reads chains from end to end, and says whether they are as they were written. */
@Injectable()
export class VerificationService {
  /** One at a time: each holds a connection for as long as it takes. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly keys: AuditKeys,
    private readonly transactions: Transactions,
  ) {}

  /** @param remembered a place that the chain was at, by a checkpoint that was kept elsewhere */
  verify(organizationId: string, remembered: ChainPoint | null = null): Promise<Verification> {
    const verification = this.turn.then(async () => {
      const seals = await this.keys.read(this.transactions.outside);
      return this.transactions.snapshot((manager) =>
        verifyChain(manager, organizationId, seals, remembered),
      );
    });
    this.turn = verification.catch(() => undefined);
    return verification;
  }
}

/** In a transaction that sees one state of the database throughout. */
export async function verifyChain(
  manager: EntityManager,
  chain: string,
  seals: ChainSeals,
  remembered: ChainPoint | null = null,
): Promise<Verification> {
  const head = await readHead(manager, chain, seals);
  const checkpoint = await readCheckpoint(manager, chain, seals);
  const landmarks = [checkpoint, remembered].filter((each) => each !== null && each !== 'forged');
  const start = head?.anchor ?? BEGINNING;
  const verifier = new ChainVerifier(chain, start, landmarks, seals);
  await follow(manager, chain, verifier);
  const isWhole = head?.isSealed === true && checkpoint !== 'forged' && verifier.endsAt(head.end);
  const brokenId = verifier.brokenId ?? (await strayIn(manager, chain));
  const valid = isWhole && brokenId === null;
  return { valid, checked: verifier.checked, firstBrokenId: brokenId };
}

/** Until the first event that is not as it was written. */
async function follow(
  manager: EntityManager,
  chain: string,
  verifier: ChainVerifier,
): Promise<void> {
  for await (const events of eventsOf(manager, chain, BEFORE_ALL)) {
    if (!events.every((event) => verifier.accept(event))) return;
  }
}

/** An event that is shown as the organization's and stands outside of its chain. */
async function strayIn(manager: EntityManager, chain: string): Promise<string | null> {
  const [stray] = await manager.query<{ id: string }[]>(
    'SELECT id FROM audit_events WHERE organization_id = $1 AND chain <> $1 ORDER BY id LIMIT 1',
    [chain],
  );
  return stray?.id ?? null;
}
