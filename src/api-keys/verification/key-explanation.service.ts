import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../changes/database-clock.js';
import { type CheckName, exists, KeyChecks, type KeyUse } from './key-checks.js';
import { type KnownKey } from './known-key.js';
import { KnownKeys } from './known-keys.js';
import { KeyLimits } from './limits/key-limits.js';
import { type AbsenceCode, type IntendedUse, type VerdictCode } from './verdict.js';

/** By itself, or by its id (UUID). */
export type ExplainedKey = { readonly plaintext: string } | { readonly id: string };

/** How one check went. */
export interface CheckFinding {
  readonly name: CheckName;
  /** Null where there is no key to judge. */
  readonly passed: boolean | null;
  /** Why it failed. */
  readonly detail: string | null;
}

export interface KeyExplanation {
  readonly checks: readonly CheckFinding[];
  readonly code: VerdictCode;
}

/** A use by someone who manages the keys of an organization (UUID). */
type ManagedUse = IntendedUse & { readonly withinOrganizationId: string };

/** `busy` is said of single keys by an error. */
type SaidAbsence = Exclude<AbsenceCode, 'busy'>;

const ABSENCES: Readonly<Record<SaidAbsence, string>> = {
  malformed: 'it has not the shape of a key, or its checksum is wrong',
  not_found: 'this organization has no such key',
};

/** Tells how a verification comes to its verdict. */
@Injectable()
export class KeyExplanationService {
  constructor(
    private readonly keys: KnownKeys,
    private readonly checks: KeyChecks,
    private readonly limits: KeyLimits,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Every check with its outcome, those after the first failed one as well. Nothing is used up.
   *
   * @throws KeySearchBusy
   */
  async explain(subject: ExplainedKey, use: ManagedUse): Promise<KeyExplanation> {
    const known = await this.find(subject, use);
    if (known === 'malformed') return this.absent('malformed');
    if (!known || !exists(known, use)) return this.absent('not_found');
    const askLimit = () => this.limits.look(known.key, use.cost ?? 1);
    return this.judged({ known, use, now: this.clock.now(), askLimit });
  }

  private async find(
    subject: ExplainedKey,
    use: ManagedUse,
  ): Promise<KnownKey | 'malformed' | null> {
    if ('id' in subject) return this.keys.findById(use.withinOrganizationId, subject.id);
    return this.keys.findOne(subject.plaintext, use);
  }

  private async judged(use: KeyUse): Promise<KeyExplanation> {
    const checks: CheckFinding[] = [{ name: 'existence', passed: true, detail: null }];
    let code: VerdictCode = 'valid';
    for (const check of this.checks.inOrder) {
      const detail = await check.whyNot(use);
      checks.push({ name: check.name, passed: detail === null, detail });
      if (detail !== null && code === 'valid') code = check.code;
    }
    return { checks, code };
  }

  private absent(code: SaidAbsence): KeyExplanation {
    const rest = this.checks.inOrder.map(({ name }) => ({ name, passed: null, detail: null }));
    return {
      checks: [{ name: 'existence', passed: false, detail: ABSENCES[code] }, ...rest],
      code,
    };
  }
}
