import { type EntityManager } from 'typeorm';
import { type ScopeCatalogue } from '../../access/scopes/scopes.js';
import {
  type Policies,
  type PolicyName,
  type PolicyValues,
} from '../../organizations/policies/policies.service.js';

const DAY_MS = 86_400_000;
/** A client that asks for exactly the longest life has a clock of its own. */
const CLOCK_LEEWAY_MS = 60_000;

/**
 * Active keys of $1 at $2. The old key of a rotation is not counted beside the one that replaced
 * it, so that there is room for a rotation where there is none for a further key.
 */
const ACTIVE_KEYS = `
  SELECT count(*)::int AS count
    FROM api_keys k LEFT JOIN api_keys successor ON successor.id = k.replaced_by_id
   WHERE k.organization_id = $1 AND keycap_key_is_active(k, $2)
     AND (successor.id IS NULL OR successor.replaced_by_id IS NOT NULL)`;

/** What the policies of an organization say to its keys, within one transaction. */
export class KeyRules {
  /** Policies that only report, and would have refused what was asked for. */
  readonly wouldBlock = new Set<PolicyName>();

  constructor(
    private readonly manager: EntityManager,
    private readonly organizationId: string,
    private readonly policies: Policies,
    private readonly catalogue: ScopeCatalogue,
  ) {}

  /** @throws PolicyViolation for a key that would live for too long */
  assertLife({ createdAt, expiresAt }: { createdAt: Date; expiresAt: Date | null }): void {
    this.judge('require_key_expiry', () => (expiresAt === null ? 'a key needs expires_at' : null));
    this.judge('max_key_lifetime_days', (days) => {
      const latest = createdAt.getTime() + days * DAY_MS + CLOCK_LEEWAY_MS;
      return (expiresAt?.getTime() ?? Infinity) > latest
        ? `a key lives for ${days} days at most: give an earlier expires_at`
        : null;
    });
  }

  /** When a key that is made now ends at the latest; null for never. */
  latestEnd(now: Date): Date | null {
    const days = this.policies.enforced('max_key_lifetime_days');
    return days === undefined ? null : new Date(now.getTime() + days * DAY_MS);
  }

  /** @throws PolicyViolation for scopes that the organization gives to no key */
  assertScopes(scopes: readonly string[]): void {
    this.judge('allowed_scopes', (allowed) => {
      const held = this.catalogue.expand(allowed);
      const refused = scopes.filter((scope) => !this.catalogue.covers(held, scope));
      return refused.length > 0 ? `no key gets ${refused.join(' ')} here` : null;
    });
  }

  /** What of the scopes the organization gives to keys. */
  allowedOf(scopes: readonly string[]): string[] {
    const allowed = this.policies.enforced('allowed_scopes');
    return allowed ? this.catalogue.within(scopes, this.catalogue.expand(allowed)) : [...scopes];
  }

  /**
   * To be asked when a key has become active in this transaction. Whoever asks waits for those who
   * asked before and have not committed yet, so that parallel calls count each other.
   *
   * @throws PolicyViolation where there are too many now
   */
  async assertRoom(now: Date): Promise<void> {
    this.assertActive(await this.countActive(now));
  }

  /** How many keys are active, waiting as above; 0 where no policy counts them. */
  async countActive(now: Date): Promise<number> {
    const { organizationId, policies } = this;
    const binds = policies.enforced('max_active_keys') ?? policies.reported('max_active_keys');
    if (binds === undefined) return 0;
    await this.manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `active keys ${organizationId}`,
    ]);
    const [row] = await this.manager.query<{ count: number }[]>(ACTIVE_KEYS, [organizationId, now]);
    return row?.count ?? 0;
  }

  /** @throws PolicyViolation where so many active keys are too many */
  assertActive(count: number): void {
    this.judge('max_active_keys', (most) =>
      count > most ? `no more than ${most} keys may be active` : null,
    );
  }

  private judge<N extends PolicyName>(
    policy: N,
    complaintOf: (value: PolicyValues[N]) => string | null,
  ): void {
    if (this.policies.judge(policy, complaintOf)) this.wouldBlock.add(policy);
  }
}
