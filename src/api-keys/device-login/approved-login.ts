import { type DeviceLogin } from './device-login.entity.js';

/** A login with all that an approval says. */
export type ApprovedLogin = DeviceLogin & {
  readonly approvedAt: Date;
  readonly decidedByUserId: string;
  readonly organizationId: string;
  readonly grantedScopes: string[];
};

/** @throws Error for one that nobody has approved */
export function approvedLogin(login: DeviceLogin): ApprovedLogin {
  if (!isApproved(login)) throw new Error(`device login ${login.id} is not approved`);
  return login;
}

function isApproved(login: DeviceLogin): login is ApprovedLogin {
  const { approvedAt, decidedByUserId, organizationId, grantedScopes } = login;
  return [approvedAt, decidedByUserId, organizationId, grantedScopes].every(
    (each) => each !== null,
  );
}
