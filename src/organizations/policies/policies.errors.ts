import { Problem } from '../../problem.js';

/** 403: this change is wanted from someone who has signed in just now. */
export class ReauthRequired extends Problem {
  readonly status = 403;
  readonly code = 'reauth_required';

  constructor() {
    super('sign in again: this change asks for a fresh sign-in');
  }
}

/** 403: policies bind keys and clients, which therefore don't set them. */
export class PoliciesAreSetByPeople extends Problem {
  readonly status = 403;
  readonly code = 'credential_not_accepted';

  constructor() {
    super('policies are changed by people who are signed in, not by keys or clients');
  }
}

/** 403: what was asked for is against a policy of the organization. */
export class PolicyViolation extends Problem {
  readonly status = 403;
  readonly code = 'policy_violation';

  /** @param complaint what the policy asks for, as a sentence */
  constructor(policy: string, complaint: string) {
    super(`${complaint} (policy ${policy} of the organization)`);
  }
}
