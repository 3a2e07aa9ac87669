import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Transactions } from '../../database/transactions.js';
import { AuditKeys } from './audit-keys.js';
import { sharedChains } from './chain-name.js';
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

/** A place of one of the shared chains. */
export interface RememberedPlace {
  readonly chain: string;
  readonly point: ChainPoint;
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
    return this.inTurn((manager, seals) => verifyChain(manager, organizationId, seals, remembered));
  }

  /** All chains of what belongs to no organization, as if they were one. */
  verifyShared(remembered: RememberedPlace | null = null): Promise<Verification> {
    return this.inTurn((manager, seals) => verifySharedChains(manager, seals, remembered));
  }

  private inTurn(
    read: (manager: EntityManager, seals: ChainSeals) => Promise<Verification>,
  ): Promise<Verification> {
    const verification = this.turn.then(async () => {
      const seals = await this.keys.read(this.transactions.outside);
      return this.transactions.snapshot((manager) => read(manager, seals));
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

async function verifySharedChains(
  manager: EntityManager,
  seals: ChainSeals,
  remembered: RememberedPlace | null,
): Promise<Verification> {
  const found: Verification[] = [];
  for (const chain of sharedChains()) {
    const point = remembered?.chain === chain ? remembered.point : null;
    if (point === null && (await isUnused(manager, chain))) continue;
    found.push(await verifyChain(manager, chain, seals, point));
  }
  const brokenId = found.find(({ firstBrokenId }) => firstBrokenId !== null)?.firstBrokenId;
  const strayId = brokenId ?? (await strayOfNone(manager));
  return {
    valid: strayId === null && found.every(({ valid }) => valid),
    checked: found.reduce((sum, { checked }) => sum + checked, 0),
    firstBrokenId: strayId,
  };
}

/** Whether nothing was ever recorded there, as far as the database tells. */
async function isUnused(manager: EntityManager, chain: string): Promise<boolean> {
  const [row] = await manager.query<{ used: boolean }[]>(
    `SELECT EXISTS (SELECT FROM audit_chain_heads WHERE chain = $1)
         OR EXISTS (SELECT FROM audit_checkpoints WHERE chain = $1)
         OR EXISTS (SELECT FROM audit_events WHERE chain = $1) AS used`,
    [chain],
  );
  return row?.used !== true;
}

/** An event that is shown as one of no organization and stands in the chain of one. */
async function strayOfNone(manager: EntityManager): Promise<string | null> {
  const [stray] = await manager.query<{ id: string }[]>(
    `SELECT id FROM audit_events WHERE organization_id IS NULL AND chain <> ALL ($1::uuid[])
      ORDER BY id LIMIT 1`,
    [sharedChains()],
  );
  return stray?.id ?? null;
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
