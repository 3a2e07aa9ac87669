import { setImmediate as endOfTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Origin } from '../../access/principal.js';
import { type RateLimitState } from '../../access/throttling/rate-limit.js';
import { DatabaseClock } from '../../changes/database-clock.js';
import { KeyUsePoliciesService } from '../../organizations/policies/key-use-policies.service.js';
import { HandedOverKeys } from '../device-login/handed-over-keys.js';
import { KeySearchBusy } from '../imports/imports.errors.js';
import { KeyUseRecorder } from '../usage/key-use-recorder.js';
import { exists, KeyChecks, type KeyUse, permitsAddress } from './key-checks.js';
import { KeyLimits, type Taking } from './limits/key-limits.js';
import { KeyRights } from './key-rights.js';
import { type KnownKey } from './known-key.js';
import { KnownKeys } from './known-keys.js';
import { type IntendedUse, type OutcomeCode, type Verdict } from './verdict.js';

export { type IntendedUse, type Verdict } from './verdict.js';

/** So many keys of a batch are judged before other requests have their turn. */
const KEYS_A_TURN = 10;

/** A use of a key whose limit is asked for at most once. */
class LimitedUse implements KeyUse {
  /** What the key's limit said; null before it was asked, and where there is none. */
  state: RateLimitState | null = null;

  constructor(
    readonly known: KnownKey,
    readonly use: IntendedUse,
    readonly now: Date,
    private readonly limits: KeyLimits,
  ) {}

  async askLimit(): Promise<Taking | null> {
    const taking = await this.limits.take(this.known.key, this.use.cost ?? 1);
    this.state = taking?.state ?? null;
    return taking;
  }
}

/** Judges API keys: the only way in which a key is ever accepted. */
@Injectable()
export class KeyVerificationService {
  constructor(
    private readonly keys: KnownKeys,
    private readonly checks: KeyChecks,
    private readonly rights: KeyRights,
    private readonly limits: KeyLimits,
    private readonly policies: KeyUsePoliciesService,
    private readonly uses: KeyUseRecorder,
    private readonly handedOver: HandedOverKeys,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Judges a key for one use, which is noted when the key is valid for it.
   *
   * @throws TooManyRequests for a stranger's that may be an imported key with a slow hash
   * @throws KeyHashingBusy for the same
   * @throws KeySearchBusy for such a one that an authenticated caller asks about
   */
  verify(plaintext: string, use: IntendedUse): Promise<Verdict> {
    const known = this.keys.findOne(plaintext, use);
    // What is in memory is not waited for: each wait would be a turn of its own.
    if (!(known instanceof Promise)) return this.judge(known, use, this.clock.now());
    return known.then((found) => this.judge(found, use, this.clock.now()));
  }

  /**
   * The same of several keys, in order; they are looked up together, before any is judged. One that could
   * not be decided keeps none of the others: it is `busy`.
   */
  async verifyAll(plaintexts: readonly string[], use: IntendedUse): Promise<Verdict[]> {
    return this.judgeAll(await this.keys.find(plaintexts, use), use);
  }

  /**
   * The same, but none is judged before all of them are decided.
   *
   * @throws KeySearchBusy; what could be found is known from then on
   */
  async verifyAllOrNone(plaintexts: readonly string[], use: IntendedUse): Promise<Verdict[]> {
    const known = await this.keys.find(plaintexts, use);
    if (known.includes('busy')) throw new KeySearchBusy();
    return this.judgeAll(known, use);
  }

  private async judgeAll(
    known: readonly (KnownKey | 'malformed' | 'busy' | null)[],
    use: IntendedUse,
  ): Promise<Verdict[]> {
    const now = this.clock.now();
    const verdicts: Verdict[] = [];
    // One after the other: limits may be asked for, and a hundred of them would take the pool away.
    for (const [index, each] of known.entries()) {
      if (index > 0 && index % KEYS_A_TURN === 0) await endOfTurn();
      verdicts.push(await this.judge(each, use, now));
    }
    return verdicts;
  }

  private async judge(
    known: KnownKey | 'malformed' | 'busy' | null,
    use: IntendedUse,
    now: Date,
  ): Promise<Verdict> {
    if (known === 'malformed' || known === 'busy') return { code: known, key: null };
    if (!known || !exists(known, use)) return { code: 'not_found', key: null };
    const { key } = known;
    const limited = new LimitedUse(known, use, now, this.limits);
    const outcome = this.outcome(limited);
    let code = outcome instanceof Promise ? await outcome : outcome;
    if (code === 'valid' && HandedOverKeys.isUnused(key)) {
      code = (await this.handedOver.confirm(key, now)) ? 'valid' : 'revoked';
    }
    if (code === 'valid') this.note(known, use, now);
    else this.uses.refused(key, code, now);
    return {
      code,
      key,
      known,
      judgedAt: now,
      rateLimit: limited.state,
      rights: this.rights.of(known),
      needs: (scope) => {
        this.noteScopes(known, [scope], use.origin, now);
      },
    };
  }

  /** @param from the first check that is left */
  private outcome(use: KeyUse, from = 0): OutcomeCode | Promise<OutcomeCode> {
    const { inOrder } = this.checks;
    let next = from;
    for (let check = inOrder[next]; check; check = inOrder[next]) {
      next += 1;
      const { code, whyNot } = check;
      const reason = whyNot(use);
      // Most say it at once.
      if (reason instanceof Promise) {
        return reason.then((later) => (later === null ? this.outcome(use, next) : code));
      }
      if (reason !== null) return code;
    }
    return 'valid';
  }

  private note(known: KnownKey, use: IntendedUse, now: Date): void {
    const { ip, userAgent = null } = use;
    this.uses.used(known.key, { at: now, ip, userAgent });
    if (!permitsAddress(known.policies.reported.allowedCidrs, use.ip)) {
      this.policies.reportWouldBlock(known.key, 'allowed_cidrs', use.origin);
    }
    this.noteScopes(known, use.scopes ?? [], use.origin, now);
  }

  private noteScopes(known: KnownKey, scopes: readonly string[], origin: Origin, now: Date): void {
    for (const scope of scopes) this.uses.needed(known.key, scope, now);
    for (const policy of this.rights.policiesAgainst(known, known.policies.reported, scopes)) {
      this.policies.reportWouldBlock(known.key, policy, origin);
    }
  }
}
