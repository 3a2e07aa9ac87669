import { Problem } from '../../problem.js';

/** 404: unknown, another's, or the poll token is of another one. */
export class DeviceLoginNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('device login not found');
  }
}

/** 409: it is approved already. */
export class DeviceLoginCompleted extends Problem {
  readonly status = 409;
  readonly code = 'device_login_completed';

  constructor() {
    super('this device login is approved already');
  }
}

const ENDS = {
  denied: 'the device login was denied',
  delivered: 'the key of this device login was handed over',
  expired: 'the device login has expired',
} as const;

/** 410: nothing comes of it any more, and why. */
export class DeviceLoginGone extends Problem {
  readonly status = 410;
  readonly code: `device_login_${keyof typeof ENDS}`;

  constructor(end: keyof typeof ENDS) {
    super(ENDS[end]);
    this.code = `device_login_${end}`;
  }
}

/** 400: a device gets what it has asked for, or less. */
export class ScopeExceedsRequest extends Problem {
  readonly status = 400;
  readonly code = 'scope_exceeds_request';

  constructor(excess: readonly string[]) {
    const sentences = excess.map((scope) => `${scope} was not asked for`);
    super('a device login is approved as it was asked for, or narrower', {
      fields: { scopes: sentences },
    });
  }
}
