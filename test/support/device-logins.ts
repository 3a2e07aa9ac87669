import type {
  DeviceLoginAnswer,
  PolledDeviceLoginAnswer,
  StartedDeviceLoginAnswer,
} from '../../src/api-keys/device-login/device-logins.dto.js';
import { decodeId } from '../../src/access/ids.js';
import type { Answer, CallOptions, ErrorBody, TestOrganization } from './keycap.js';
import { ask, call, inDatabase } from './keycap.js';

export const LOGINS = '/v1/cli/login/sessions';

/** A login as the device that has begun it holds it. */
export interface TestLogin {
  readonly id: string;
  readonly pollToken: string;
  readonly userCode: string;
}

/** A harmless right, which members hold as well. */
export const MODEST = ['projects:read'];

export async function startLogin(
  wanted: Readonly<Record<string, unknown>> = {},
  options: CallOptions = {},
): Promise<TestLogin> {
  const body = { scopes: MODEST, ...wanted };
  const started = await ask<StartedDeviceLoginAnswer>('POST', LOGINS, {
    ...options,
    body,
    expect: 201,
  });
  return { id: started.session_id, pollToken: started.poll_token, userCode: started.user_code };
}

/** As CapyDB's command-line tools do it every two seconds. */
export function poll(
  { id, pollToken }: Pick<TestLogin, 'id' | 'pollToken'>,
  options: CallOptions = {},
): Promise<Answer<PolledDeviceLoginAnswer & ErrorBody>> {
  const headers = { 'X-CapyDB-Poll-Token': pollToken, ...options.headers };
  return call('GET', `${LOGINS}/${id}`, { ...options, headers });
}

export function detailsOf(
  as: string,
  { id }: Pick<TestLogin, 'id'>,
): Promise<Answer<DeviceLoginAnswer & ErrorBody>> {
  return call('GET', `${LOGINS}/${id}/details`, { as });
}

export function approve(
  { id: organizationId, owner }: TestOrganization,
  { id }: Pick<TestLogin, 'id'>,
  {
    as = owner.session,
    url,
    ...wanted
  }: { as?: string; url?: string; [name: string]: unknown } = {},
): Promise<Answer<{ readonly state: string } & ErrorBody>> {
  const body = { organization_id: organizationId, ...wanted };
  return call('POST', `${LOGINS}/${id}/approve`, { as, body, ...(url !== undefined && { url }) });
}

export function deny(
  as: string,
  { id }: Pick<TestLogin, 'id'>,
  options: CallOptions = {},
): Promise<Answer<{ readonly state: string } & ErrorBody>> {
  return call('POST', `${LOGINS}/${id}/deny`, { as, ...options });
}

/** The key of a new login that the owner has approved. */
export async function keyOfDevice(
  organization: TestOrganization,
  wanted: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const login = await startLogin(wanted);
  const approved = await approve(organization, login);
  const polled = await poll(login);
  const key = polled.body.plaintext_api_key;
  if (!key) throw new Error(`no key: ${approved.text} ${polled.text}`);
  return key;
}

/** Changes columns of a login, for times that no request can bring about. */
export async function changeLogin({ id }: Pick<TestLogin, 'id'>, change: string): Promise<void> {
  await inDatabase(`UPDATE device_logins SET ${change} WHERE id = $1`, [
    decodeId('deviceLogin', id),
  ]);
}

/** Puts the sign-in of every session of a person back. */
export async function signedInAgo(email: string, ago: string): Promise<void> {
  await inDatabase(
    `UPDATE sessions SET created_at = now() - $2::interval
      WHERE user_id = (SELECT id FROM users WHERE email = $1)`,
    [email, ago],
  );
}

/** Status and code, or the status alone of a success. */
export function outcomeOf({ status, body }: Answer<Partial<ErrorBody> | undefined>): string {
  return status < 300 ? String(status) : `${String(status)} ${String(body?.code)}`;
}
