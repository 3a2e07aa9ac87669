import { encodeId } from '../src/access/ids.js';
import type { CallOptions, Method } from './support/keycap.js';
import { call, inDatabase, newOrganization, newPerson, randomText } from './support/keycap.js';
import { operatorToken } from './support/operator.js';
import { Description } from './support/openapi.js';

let description: Description;
const seen = new Set<string>();
const surprises: string[] = [];

beforeAll(async () => {
  description = await Description.of();
});

/** Calls an operation as the operator, with its success as the expected answer. */
async function use<T>(
  id: string,
  parameters: Readonly<Record<string, string>> = {},
  options: CallOptions = {},
): Promise<T> {
  const { method, path } = description.operation(id);
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name]!);
  const answer = await call<T>(method.toUpperCase() as Method, address + (parameters.query ?? ''), {
    as: operatorToken(),
    ...options,
  });
  seen.add(id);
  surprises.push(...description.complaintsAbout(id, answer));
  if (answer.status >= 300) surprises.push(`${id}: ${answer.status} ${answer.text}`);
  return answer.body;
}

it('describes every answer to operators as it is', async () => {
  const { id: organizationID, owner } = await newOrganization();
  const userID = (await newPerson()).id;
  const owner_email = `${randomText()}@keycap.test`;
  await use('operatorCreateOrganization', {}, { body: { name: 'Acme', owner_email } });
  const { invitation } = await use<{ invitation: { id: string } }>(
    'operatorInviteOwner',
    { organizationID },
    { body: { email: owner_email } },
  );
  const invitationID = invitation.id;
  await use('operatorRevokeOwnerInvitation', { organizationID, invitationID });
  await use('operatorListOrganizations', { query: '?limit=3' });
  await use('operatorGetOrganization', { organizationID });
  await use('operatorChangeOrganization', { organizationID }, { body: { name: 'Acme Ltd' } });
  await use('operatorSuspendOrganization', { organizationID }, { body: { reason: 'unpaid' } });
  await use('operatorResumeOrganization', { organizationID });
  await use('operatorDeleteOrganization', { organizationID });
  await use('operatorRestoreOrganization', { organizationID });
  await use('operatorListUsers', { query: '?status=active&limit=3' });
  await use('operatorGetUser', { userID: owner.id });
  await use('operatorDisableUser', { userID });
  await use('operatorEnableUser', { userID });
  await use('operatorEndSessions', { userID });
  await use('operatorSendPasswordReset', { userID });
  await use('operatorDeleteUser', { userID });
  const credential = owner.session;
  await use('operatorLookUpCredential', {}, { body: { credential } });
  await use('operatorLookUpCredential', {}, { body: { credential: 'unknown' } });
  const since = '2026-01-01T00:00:00Z';
  await use('operatorListAuditEvents', { query: `?target_id=${userID}&from=${since}&limit=3` });
  await use('operatorVerifyAuditEvents');
  await use('operatorGetStatistics');
  await use('operatorGetMetrics');
  await use('operatorListMails', { query: '?state=waiting&limit=3' });
  // Not due yet, so that no delivery takes it away meanwhile.
  const [mail] = await inDatabase<{ id: string }>(
    `INSERT INTO outgoing_mails (id, kind, recipient, sealed, state, attempts, next_attempt_at, created_at, expires_at)
     VALUES (gen_random_uuid(), 'invitation', $1, '\\x00', 'waiting', 3, now() + interval '1 hour', now(), now() + interval '1 day')
     RETURNING id`,
    [owner_email],
  );
  await use('operatorRetryMail', { mailID: encodeId('outgoingMail', mail!.id) });
  expect(surprises).toEqual([]);
});

it('leaves no operation out', () => {
  const ofOperators = description.operations.filter(({ path }) =>
    /^\/(?:v1\/admin\/|metrics$)/.test(path),
  );
  expect(ofOperators.length).toBeGreaterThan(15);
  const unseen = ofOperators.filter(({ operationId }) => !seen.has(operationId));
  expect(unseen.map(({ operationId }) => operationId)).toEqual([]);
});
