import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type Origin } from '../access/principal.js';
import { Transactions } from '../database/transactions.js';
import { type AuditAction, AuditService } from './audit.service.js';

/** At most one event for the same principal, action and reason within it, in milliseconds. */
const WINDOW_MS = 60_000;
/** Most different refusals that are remembered at once; more of them go to the log alone. */
const MOST_REMEMBERED = 10_000;

/** A machine, a person or an operator, named by its wire id. */
export interface RefusedPrincipal {
  readonly kind: 'api_key' | 'oauth_client' | 'operator' | 'user';
  /** Null for whoever claims to be an operator. */
  readonly id: string | null;
  /** UUID; null for what people and operators were refused outside of any. */
  readonly organizationId: string | null;
}

export interface Refusal {
  readonly action: AuditAction;
  readonly projectId: string | null;
  /** What the caller was not told. */
  readonly reason: string;
  readonly origin: Origin;
}

/** Those of one principal, action and reason that have not been written yet. */
interface Pending {
  readonly principal: RefusedPrincipal;
  latest: Refusal;
  count: number;
}

/**
 * Shows why machines and people were refused. The first refusal is written at once; those
 * like it within the next minute become one event with their `count`, so that a program that tries
 * again and again does not fill the audit log. A refusal is answered whether it can be written or
 * not: it took nothing from anyone.
 */
@Injectable()
export class RefusalsService implements OnApplicationShutdown {
  private readonly logger = new Logger(RefusalsService.name);
  private readonly windows = new Map<string, Pending>();
  private readonly timers = new Set<NodeJS.Timeout>();
  /** Outside of the request that is refused: what belongs to its transactions is none of theirs. */
  private readonly apart = AsyncLocalStorage.snapshot();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
  ) {}

  /** Never fails and never waits. */
  note(principal: RefusedPrincipal, refusal: Refusal): void {
    const { kind, id, organizationId } = principal;
    const key = [kind, id, organizationId, refusal.action, refusal.reason].join(' ');
    const pending = this.windows.get(key);
    if (pending) {
      pending.latest = refusal;
      pending.count++;
    } else if (this.windows.size < MOST_REMEMBERED) {
      this.write({ principal, latest: refusal, count: 1 });
      this.open(key, { principal, latest: refusal, count: 0 });
    } else {
      this.logger.warn('too many different refusals: one is missing in the audit log');
    }
  }

  /** What was not written yet is written before the database is left. */
  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    for (const pending of this.windows.values()) this.write(pending);
    this.windows.clear();
    await this.writing;
  }

  private open(key: string, pending: Pending): void {
    this.windows.set(key, pending);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.windows.delete(key);
      if (pending.count === 0) return;
      this.write(pending);
      this.open(key, { ...pending, count: 0 });
    }, WINDOW_MS).unref();
    this.timers.add(timer);
  }

  private write({ principal, latest, count }: Pending): void {
    if (count === 0) return;
    const { kind, id, organizationId } = principal;
    const { action, projectId, reason, origin } = latest;
    const target = id === null ? {} : { targetId: id };
    const entry = { action, organizationId, projectId, ...target, metadata: { reason, count } };
    const written = this.apart(async () => {
      await afterTheAnswer();
      await this.transactions.run((manager) =>
        this.audit.record(manager, { kind, id, origin }, entry),
      );
    }).catch((error: unknown) => {
      this.logger.warn('a refusal is missing in the audit log', error);
    });
    this.writing = Promise.all([this.writing, written]).then(() => undefined);
  }
}

/** So that the answer takes as long as one that leaves nothing behind. */
async function afterTheAnswer(): Promise<void> {
  await new Promise(setImmediate);
}
