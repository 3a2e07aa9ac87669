import { listOf } from '../forms/lists';

export const MODES = ['off', 'report_only', 'enforced'] as const;
export type Mode = (typeof MODES)[number];

/** What the values of a policy are, and so with which field they are entered. */
type Kind = 'number' | 'list' | 'none' | { readonly oneOf: readonly string[] };

/** The policies in the order of the page (docs/organizations.md). */
export const POLICIES = {
  max_key_lifetime_days: 'number',
  require_key_expiry: 'none',
  allowed_scopes: 'list',
  allowed_cidrs: 'list',
  max_active_keys: 'number',
  bound_to_creator: 'none',
  member_keys_on_leave: { oneOf: ['keep', 'revoke_personal', 'revoke_all'] },
  on_leaked_key: { oneOf: ['notify', 'revoke'] },
  require_fresh_sign_in_minutes: 'number',
} as const satisfies Record<string, Kind>;

export type PolicyName = keyof typeof POLICIES;

/** A policy as the API has it. */
export interface Policy {
  readonly mode: Mode;
  readonly value?: unknown;
}

/** The value as it stands in a field. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What is sent for what stands in the field. */
export function policyOf(name: PolicyName, mode: Mode, text: string): Policy | null {
  const kind: Kind = POLICIES[name];
  if (kind === 'none') return mode === 'off' ? null : { mode, value: true };
  if (text === '') return mode === 'off' ? null : { mode };
  if (kind === 'number') return { mode, value: Number(text) };
  return { mode, value: kind === 'list' ? listOf(text) : text };
}
