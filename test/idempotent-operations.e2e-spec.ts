import { randomUUID } from 'node:crypto';
import { encodeId, newId } from '../src/access/ids.js';
import type { AuditEventList } from '../src/audit/audit.dto.js';
import type { MailList } from '../src/operators/outbox.dto.js';
import type { Answer } from './support/keycap.js';
import { ask, call, inDatabase, newOrganization, newPerson, randomText } from './support/keycap.js';
import { mustOperate, operatorToken } from './support/operator.js';
import { Description } from './support/openapi.js';

/** Authenticated POSTs that take no `Idempotency-Key`; docs/decisions/0004-idempotency.md says why. */
const EXEMPT = [
  // OAuth has no such header.
  'introspectToken',
  'introspectTokens',
  'issueToken',
  'issueTokenAtV1OauthToken',
  'revokeToken',
  // They only ask.
  'explainApiKey',
  'operatorLookUpCredential',
  'verifyApiKey',
  'verifyApiKeys',
  // A repetition can tell by itself whether it was carried out.
  'acceptInvitation',
  'approveDeviceLogin',
  'changeMyPassword',
  'denyDeviceLogin',
];

it('is taken by every POST that asks for a credential, but for those that are named', async () => {
  const { operations } = await Description.of();
  const posts = operations.filter(
    ({ method, security }) => method === 'post' && security.some((one) => Object.keys(one)[0]),
  );
  const without = posts.filter(
    ({ parameters }) =>
      !parameters.some((each) => each.in === 'header' && each.name === 'Idempotency-Key'),
  );
  expect(posts.length).toBeGreaterThan(30);
  expect(without.map(({ operationId }) => operationId).toSorted()).toEqual(EXEMPT.toSorted());
});

/** The same request again and again, with one `Idempotency-Key`. */
function repeating(path: string, as: string, body?: object): () => Promise<Answer<unknown>> {
  const headers = { 'idempotency-key': randomUUID() };
  return () => call('POST', path, { as, headers, ...(body && { body }) });
}

/** Carries a request out, lets something happen, and repeats it: the repetition must do nothing. */
async function again(
  path: string,
  { as = operatorToken(), body, between }: Again = {},
): Promise<Answer<unknown>> {
  const send = repeating(path, as, body);
  const first = await send();
  expect([first.status >= 200 && first.status < 300, first.text]).toEqual([true, first.text]);
  await between?.();
  const second = await send();
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  expect([second.status, second.text]).toEqual([first.status, first.text]);
  return second;
}

interface Again {
  readonly as?: string;
  readonly body?: object;
  readonly between?: () => Promise<unknown>;
}

describe('a repeated revocation of tokens', () => {
  it.each(['client', 'secret', 'organization'])(
    'of a %s spares what was issued since',
    async (of) => {
      const organization = await newOrganization();
      const as = organization.owner.session;
      const { id, basicCredential } = await organization.client();
      const clients = `${organization.path}/oauth-clients`;
      const { client_secrets: secrets } = await ask<{ client_secrets: { id: string }[] }>(
        'GET',
        `${clients}/${id}/secrets`,
        { as },
      );
      const path = {
        client: `${clients}/${id}/revoke-tokens`,
        secret: `${clients}/${id}/secrets/${secrets[0]!.id}/revoke-tokens`,
        organization: `${clients}/revoke-tokens`,
      }[of]!;
      const issue = async (): Promise<string> =>
        (
          await ask<{ access_token: string }>('POST', '/o/token/', {
            as: `Basic ${basicCredential}`,
            form: { grant_type: 'client_credentials' },
          })
        ).access_token;
      const statusOf = async (token: string): Promise<number> =>
        (await call('GET', organization.path, { as: token })).status;
      const before = await issue();
      let since = '';
      await again(path, {
        as,
        between: async () => {
          since = await issue();
        },
      });
      expect([await statusOf(before), await statusOf(since)]).toEqual([401, 200]);
    },
  );
});

describe("a repeated request of an operator's", () => {
  it.each([
    ['suspend', { reason: 'unpaid' }, 'resume', 'active'],
    ['resume', undefined, 'suspend', 'suspended'],
  ] as const)('to %s undoes nothing that came after it', async (action, body, undone, status) => {
    const { id } = await newOrganization();
    const at = `/v1/admin/organizations/${id}`;
    const reason = { reason: 'abuse' };
    await mustOperate('POST', `/organizations/${id}/suspend`, { body: reason });
    await again(`${at}/${action}`, {
      ...(body && { body }),
      between: () =>
        mustOperate('POST', `/organizations/${id}/${undone}`, {
          ...(undone === 'suspend' && { body: reason }),
        }),
    });
    const { organization } = await mustOperate<{ organization: { status: string } }>(
      'GET',
      `/organizations/${id}`,
    );
    expect(organization.status).toBe(status);
  });

  it('to restore an organization leaves it deleted where it was deleted since', async () => {
    const { id, path, owner } = await newOrganization();
    const remove = (): Promise<unknown> => mustOperate('DELETE', `/organizations/${id}`);
    await remove();
    await again(`/v1/admin/organizations/${id}/restore`, { between: remove });
    expect((await call('GET', path, { as: owner.session })).status).toBe(404);
  });

  it.each([
    ['disable', 'enable', true],
    ['enable', 'disable', false],
  ])('to %s someone undoes nothing that came after it', async (action, undone, mayEnter) => {
    const { id, email, password } = await newPerson();
    if (action === 'enable') await mustOperate('POST', `/users/${id}/disable`);
    await again(`/v1/admin/users/${id}/${action}`, {
      between: () => mustOperate('POST', `/users/${id}/${undone}`),
    });
    const { status } = await call('POST', '/v1/sessions', { body: { email, password } });
    expect(status).toBe(mayEnter ? 201 : 401);
  });

  it('to end sessions spares those that began since', async () => {
    const { id, email, password, session } = await newPerson();
    let since = '';
    const second = await again(`/v1/admin/users/${id}/end-sessions`, {
      between: async () => {
        const body = { email, password };
        const options = { body, expect: 201 };
        const started = await ask<{ session_token: string }>('POST', '/v1/sessions', options);
        since = started.session_token;
      },
    });
    expect([second.status, second.text]).toEqual([204, '']);
    const statusOf = async (as: string): Promise<number> =>
      (await call('GET', '/v1/users/me', { as })).status;
    expect([await statusOf(session), await statusOf(since)]).toEqual([401, 200]);
  });

  it('to send a link for a new password mails one', async () => {
    const { id, email } = await newPerson();
    await again(`/v1/admin/users/${id}/send-password-reset`);
    const { mails } = await mustOperate<MailList>('GET', `/outbox?recipient=${email}`);
    expect(mails.map(({ kind }) => kind)).toEqual(['password_reset']);
  });

  it('to send a mail again is recorded once', async () => {
    const id = newId();
    await inDatabase(
      `INSERT INTO outgoing_mails (id, kind, recipient, sealed, state, attempts, next_attempt_at,
                                   created_at, expires_at)
       VALUES ($1, 'password_reset', $2, '\\x00', 'waiting', 2, now() + interval '1 hour', now(),
               now() + interval '1 day')`,
      [id, `${randomText()}@keycap.test`],
    );
    const target = encodeId('outgoingMail', id);
    await again(`/v1/admin/outbox/${target}/retry`);
    const { audit_events: events } = await mustOperate<AuditEventList>(
      'GET',
      `/audit-events?target_id=${target}`,
    );
    expect(events.map(({ action }) => action)).toEqual(['mail.retried']);
  });
});

it('mails one link that proves an address', async () => {
  const { email, session } = await newPerson();
  await again('/v1/users/me/verify-email', { as: session });
  const { mails } = await mustOperate<MailList>('GET', `/outbox?recipient=${email}`);
  expect(mails.map(({ kind }) => kind)).toEqual(['email_verification']);
});
