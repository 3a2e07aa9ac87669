import { PolicyViolation } from './policies.errors.js';

/** How much a policy binds: it refuses, it only records what it would have done, or nothing. */
export const POLICY_MODES = ['enforced', 'report_only', 'off'] as const;
export type PolicyMode = (typeof POLICY_MODES)[number];

/** What happens to the keys and clients of someone who leaves. */
export const LEAVE_RULES = ['keep', 'revoke_personal', 'revoke_all'] as const;
export type LeaveRule = (typeof LEAVE_RULES)[number];

/** What happens to a key that was found where everyone can read it. */
export const LEAK_RULES = ['notify', 'revoke'] as const;
export type LeakRule = (typeof LEAK_RULES)[number];

/** The values of all policies. Those without a choice of value are `true`. */
export interface PolicyValues {
  readonly max_key_lifetime_days: number;
  readonly require_key_expiry: true;
  readonly allowed_scopes: readonly string[];
  readonly allowed_cidrs: readonly string[];
  readonly max_active_keys: number;
  readonly bound_to_creator: true;
  readonly member_keys_on_leave: LeaveRule;
  readonly on_leaked_key: LeakRule;
  readonly require_fresh_sign_in_minutes: number;
}
export type PolicyName = keyof PolicyValues;

/** One policy as it was set; a policy that is off may be without a value. */
export interface Policy<N extends PolicyName = PolicyName> {
  readonly mode: PolicyMode;
  readonly value: PolicyValues[N] | null;
}

/** What an organization has set; a policy that is not named is off. */
export type PolicySet = { readonly [N in PolicyName]?: Policy<N> };

/** Null for a name takes that policy away. */
export type PolicyPatch = { readonly [N in PolicyName]?: Policy<N> | null };

/** The policies after a change, which is made name by name. */
export function mergePolicies(before: PolicySet, patch: PolicyPatch): PolicySet {
  const merged = Object.entries({ ...before, ...patch }).filter(([, policy]) => policy !== null);
  return Object.fromEntries(merged);
}

/** An organization's policies, for those who act by them. */
export class Policies {
  constructor(private readonly set: PolicySet) {}

  /** The value of a policy that binds; undefined for one that does not. */
  enforced<N extends PolicyName>(name: N): PolicyValues[N] | undefined {
    return this.valueIn(name, 'enforced');
  }

  /** The value of a policy of which is only recorded what it would have done. */
  reported<N extends PolicyName>(name: N): PolicyValues[N] | undefined {
    return this.valueIn(name, 'report_only');
  }

  /**
   * @param complaintOf what is wrong by this value of the policy, as a sentence; null for nothing
   * @returns whether the policy only reports, and would have refused
   * @throws PolicyViolation
   */
  judge<N extends PolicyName>(
    name: N,
    complaintOf: (value: PolicyValues[N]) => string | null,
  ): boolean {
    const enforced = this.enforced(name);
    const complaint = enforced === undefined ? null : complaintOf(enforced);
    if (complaint !== null) throw new PolicyViolation(name, complaint);
    const reported = this.reported(name);
    return reported !== undefined && complaintOf(reported) !== null;
  }

  get memberKeysOnLeave(): LeaveRule {
    return this.enforced('member_keys_on_leave') ?? 'revoke_personal';
  }

  get onLeakedKey(): LeakRule {
    return this.enforced('on_leaked_key') ?? 'revoke';
  }

  private valueIn<N extends PolicyName>(name: N, mode: PolicyMode): PolicyValues[N] | undefined {
    const policy: Policy<N> | undefined = this.set[name];
    return policy?.mode === mode ? (policy.value ?? undefined) : undefined;
  }
}
