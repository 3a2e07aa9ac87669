import { ADDRESS_RANGES, oneOf, PolicyField, SCOPES, TRUE, wholeNumber } from './policy-fields.js';
import { LEAK_RULES, LEAVE_RULES, type PolicyMode, type PolicyPatch } from './policy.js';

/** A policy as it was sent, after its check. */
type SentPolicy = { readonly mode: PolicyMode; readonly value?: unknown } | null;

/** These have but one value. */
const IMPLIED_TRUE: readonly string[] = ['require_key_expiry', 'bound_to_creator'];

/** Policies to be set, by name; those that are not named stay as they are. */
export class PolicyPatchRequest {
  @PolicyField(wholeNumber(1, 3650), 'No key lives longer than so many days.')
  max_key_lifetime_days?: SentPolicy;

  @PolicyField(TRUE, 'Every key has an expiry.')
  require_key_expiry?: SentPolicy;

  @PolicyField(SCOPES, 'No key has any other scope.')
  allowed_scopes?: SentPolicy;

  @PolicyField(ADDRESS_RANGES, 'No key is used from anywhere else.')
  allowed_cidrs?: SentPolicy;

  @PolicyField(wholeNumber(1, 100_000), 'No more keys are active at once.')
  max_active_keys?: SentPolicy;

  @PolicyField(TRUE, 'A key may do no more than the person who made it may by now.')
  bound_to_creator?: SentPolicy;

  @PolicyField(
    oneOf(LEAVE_RULES),
    'What happens to what someone made who leaves. Unless enforced it is `revoke_personal`, ' +
      'which ends the keys of his command lines and agents.',
  )
  member_keys_on_leave?: SentPolicy;

  @PolicyField(oneOf(LEAK_RULES), 'What happens to a leaked key. Unless enforced it is `revoke`.')
  on_leaked_key?: SentPolicy;

  @PolicyField(
    wholeNumber(1, 1440),
    'Whoever signed in longer ago signs in again to change credentials, roles or policies.',
  )
  require_fresh_sign_in_minutes?: SentPolicy;

  toPatch(): PolicyPatch {
    const sent = this as unknown as Readonly<Record<string, SentPolicy | undefined>>;
    const given = Object.entries(sent).flatMap(([name, policy]) =>
      policy === undefined ? [] : [[name, complete(name, policy)] as const],
    );
    return Object.fromEntries(given);
  }
}

function complete(name: string, policy: SentPolicy): SentPolicy {
  const value = policy?.value ?? (IMPLIED_TRUE.includes(name) ? true : null);
  return policy && { mode: policy.mode, value };
}
