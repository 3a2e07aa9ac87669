import type { AuditEventList } from '../../src/audit/audit.dto.js';
import type { StartedSessionBody } from '../../src/users/sessions/sessions.dto.js';
import { ask, type ErrorBody, inDatabase, type Person, type TestOrganization } from './keycap.js';

/** Sets policies as the owner. */
export function setPolicy(org: TestOrganization, policy: object): Promise<unknown> {
  return ask('PATCH', org.path, { as: org.owner.session, body: { policy } });
}

/** The events of an action, newest first, as the owner reads them. */
export async function eventsOf(
  org: TestOrganization,
  action: string,
): Promise<AuditEventList['audit_events']> {
  const path = `${org.path}/audit-events?action=${action}`;
  const { audit_events } = await ask<AuditEventList>('GET', path, { as: org.owner.session });
  return audit_events;
}

/** Lets time pass since a person signed in. */
export async function ageSignIn({ email }: Person, minutes: number): Promise<void> {
  await inDatabase(
    `UPDATE sessions SET created_at = created_at - make_interval(mins => $2)
      WHERE user_id = (SELECT id FROM users WHERE email = $1)`,
    [email, minutes],
  );
}

/** A new session of someone. */
export async function signIn({ email, password }: Person): Promise<string> {
  const body = { email, password };
  const { session_token } = await ask<StartedSessionBody>('POST', '/v1/sessions', {
    body,
    expect: 201,
  });
  return session_token!;
}

/** `403 insufficient_role` of an answer, or its status alone. */
export function outcomeOf({ status, body }: { status: number; body: unknown }): string {
  const code = (body as ErrorBody | undefined)?.code;
  return code === undefined ? String(status) : `${String(status)} ${code}`;
}
