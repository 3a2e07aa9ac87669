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
