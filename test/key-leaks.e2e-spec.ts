import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import {
  changeKey,
  createKey,
  type IssuedKey,
  readKey,
  uuidOfKey,
  worksAtApi,
} from './support/api-keys.js';
import { sendAlerts, signatureOf } from './support/github-alerts.js';
import {
  type Answer,
  ask,
  call,
  type CallOptions,
  type ErrorBody,
  inDatabase,
  newAddress,
  newOrganization,
  type TestOrganization,
} from './support/keycap.js';
import { mailsTo, nextMail } from './support/mail.js';
import { eventsOf, setPolicy } from './support/organizations.js';
import { startOwnServer } from './support/own-server.js';
import { startServer } from './support/servers.js';
import { until } from './support/until.js';

const SOURCE = 'https://github.com/acme/app/blob/main/.env';
const RUBBISH = 'capy_live_000000000000000000000000000000003UFVO5';

function report(api_keys: unknown, more: object = {}, options: CallOptions = {}) {
  const body = { api_keys, ...more };
  return call<{ received: number }>('POST', '/v1/api-keys/report-leaked', { body, ...options });
}

/** An organization whose owner has proven his address. */
async function reachableOrganization(): Promise<TestOrganization> {
  const organization = await newOrganization();
  await inDatabase('UPDATE users SET email_verified_at = now() WHERE email = $1', [
    organization.owner.email,
  ]);
  return organization;
}

/** Waits for the end of a key. @returns when that was */
function revoked(organization: TestOrganization, { api_key }: IssuedKey): Promise<string> {
  return until(`${api_key.id} is revoked`, async () => {
    return (await readKey(organization, api_key.id)).revoked_at;
  });
}

/** Reports are handled in the order in which they came. */
async function settled(organization: TestOrganization): Promise<void> {
  const later = await createKey(organization);
  await setPolicy(organization, { on_leaked_key: null });
  await report([later.plaintext_api_key]);
  await revoked(organization, later);
}

const waiting = async (): Promise<number> => {
  const [row] = await inDatabase<{ count: number }>('SELECT count(*)::int FROM leak_reports');
  return row!.count;
};

describe('reporting a leaked key', () => {
  it('ends it, tells those who look after it, and keeps where it was found', async () => {
    const organization = await reachableOrganization();
    const leaked = await createKey(organization, { name: 'Deploys' });
    const from = newAddress();
    const { status, body } = await report(
      [RUBBISH, leaked.plaintext_api_key, 'anything'],
      { source_url: SOURCE },
      { from },
    );
    expect([status, body]).toEqual([202, { received: 3 }]);
    await revoked(organization, leaked);
    expect(await worksAtApi(leaked.plaintext_api_key)).toBe(false);
    const { key_prefix, id } = leaked.api_key;
    const common = { actor_kind: 'system', actor_id: null, target_id: id, ip: from };
    expect(await eventsOf(organization, 'api_key.leaked')).toMatchObject([
      { ...common, metadata: { name: 'Deploys', key_prefix, source_url: SOURCE, revoked: true } },
    ]);
    expect(await eventsOf(organization, 'api_key.revoked')).toMatchObject([
      { ...common, metadata: { name: 'Deploys', key_prefix, cause: 'leaked' } },
    ]);
    const { text, headers } = await nextMail(organization.owner.email);
    expect(headers.subject).toContain(key_prefix);
    expect(text).toContain(SOURCE);
    expect(text).not.toContain(leaked.plaintext_api_key);
    const [kept] = await inDatabase(
      'SELECT leak_source_url, leak_reported_ip FROM api_keys WHERE id = $1',
      [uuidOfKey(id)],
    );
    expect(kept).toEqual({ leak_source_url: SOURCE, leak_reported_ip: from });
  });

  it('leaves it where the policy only wants to know, and tells once', async () => {
    const organization = await reachableOrganization();
    await setPolicy(organization, { on_leaked_key: { mode: 'enforced', value: 'notify' } });
    const leaked = await createKey(organization);
    await report([leaked.plaintext_api_key]);
    await nextMail(organization.owner.email);
    await report([leaked.plaintext_api_key], { source_url: SOURCE });
    const attention = await ask<{ items: object[] }>('GET', `${organization.path}/attention`, {
      as: organization.owner.session,
    });
    expect(attention.items).toContainEqual(
      expect.objectContaining({ kind: 'api_key_leaked', target_id: leaked.api_key.id }),
    );
    await settled(organization);
    expect(await worksAtApi(leaked.plaintext_api_key)).toBe(true);
    const events = await eventsOf(organization, 'api_key.leaked');
    expect(events.map(({ target_id }) => target_id)).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ metadata: { source_url: null, revoked: false } });
    await nextMail(organization.owner.email, { count: 2 });
    expect(await mailsTo(organization.owner.email)).toHaveLength(2);
  });

  it('tells nobody whether it was a key, and keeps nothing of what was none', async () => {
    const organization = await newOrganization();
    const { plaintext_api_key: key } = await createKey(organization);
    const seen = ({ status, text, headers }: Answer<unknown>) => {
      const names = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
      return [status, text, names];
    };
    const answers = [await report([RUBBISH]), await report([key]), await report([key])];
    const [first, ...others] = answers.map(seen);
    expect(others).toEqual([first, first]);
    await until('all reports are handled', async () => (await waiting()) === 0);
  });

  it('reaches keys that are disabled, whoever made them', async () => {
    const organization = await newOrganization();
    const admin = await organization.member('admin');
    const leaked = await createKey(organization, { environment: 'test' }, admin.session);
    await changeKey(organization, leaked.api_key.id, { is_active: false });
    await report([leaked.plaintext_api_key]);
    expect(await revoked(organization, leaked)).toMatch(/Z$/);
  });

  it('is recorded once, of 10 at the same time', async () => {
    const organization = await newOrganization();
    const leaked = await createKey(organization);
    await Promise.all(Array.from({ length: 10 }, () => report([leaked.plaintext_api_key])));
    await revoked(organization, leaked);
    await settled(organization);
    const events = await eventsOf(organization, 'api_key.leaked');
    expect(events.filter(({ target_id }) => target_id === leaked.api_key.id)).toHaveLength(1);
  });

  it('is not lost with the process that took it', async () => {
    const own = await startOwnServer();
    const { databaseUrl } = own.server;
    const { body } = await own.call<IssuedKey>('POST', `${own.path}/api-keys`, {
      body: { name: 'CI', scopes: ['read'] },
    });
    await inDatabase(
      `INSERT INTO leak_reports (id, digests, ip, request_id, reported_at)
       SELECT gen_random_uuid(), ARRAY[digest], '192.0.2.1', 'before', now() FROM api_keys`,
      [],
      databaseUrl,
    );
    const next = await startServer({ database: databaseUrl });
    const end = await until('the key is revoked', async () => {
      const answer = await own.call<IssuedKey>('GET', `${own.path}/api-keys/${body.api_key.id}`);
      return answer.body.api_key.revoked_at;
    });
    expect(end).toMatch(/Z$/);
    await Promise.all([next.stop(), own.server.stop()]);
  });

  it.each<[string, unknown, object]>([
    ['api_keys', [], {}],
    ['api_keys', undefined, {}],
    ['api_keys', 'capy_live_', {}],
    ['api_keys', [''], {}],
    ['api_keys', [7], {}],
    ['api_keys', ['x'.repeat(513)], {}],
    ['source_url', [RUBBISH], { source_url: 'javascript:alert(1)' }],
    ['source_url', [RUBBISH], { source_url: 'https://x/\r\nBcc: a@b' }],
    ['source_url', [RUBBISH], { source_url: `https://x/${'y'.repeat(2000)}` }],
    ['organization_id', [RUBBISH], { organization_id: 'org_01kaw2hxk5f0c9xd2zp7r3m8qe' }],
  ])('refuses a wrong %s, case %#', async (field, keys, more) => {
    const { status, body } = await report(keys, more);
    const { fields = {} } = body as unknown as ErrorBody;
    expect([status, Object.keys(fields)]).toEqual([400, [field]]);
  });

  it('takes a thousand keys at once and ten thousand an hour from one address', async () => {
    const from = newAddress();
    const keys = Array.from({ length: 1000 }, (_, index) => `nothing ${index}`);
    for (let round = 0; round < 10; round++) {
      const { status, body } = await report(keys, {}, { from });
      expect([status, body.received]).toEqual([202, 1000]);
    }
    const { status, headers } = await report(['one more'], {}, { from });
    expect([status, Number(headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await report(['from elsewhere'])).status).toBe(202);
    expect((await report([...keys, 'one too many'])).status).toBe(400);
  });
});

describe("alerts of GitHub's secret scanning", () => {
  const alertsOf = (...tokens: string[]): string =>
    JSON.stringify(
      tokens.map((token) => ({ token, type: 'capy_api_key', url: SOURCE, source: 'content' })),
    );
  const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64');

  it('end keys, and are told which of them were some', async () => {
    const organization = await newOrganization();
    const leaked = await createKey(organization);
    const { plaintext_api_key: key } = leaked;
    const { status, body } = await sendAlerts({ text: alertsOf(key, RUBBISH) });
    expect(status).toBe(200);
    expect(body).toEqual([
      { token_hash: hashOf(key), token_type: 'capy_api_key', label: 'true_positive' },
      { token_hash: hashOf(RUBBISH), token_type: 'capy_api_key', label: 'false_positive' },
    ]);
    await revoked(organization, leaked);
    expect(await eventsOf(organization, 'api_key.leaked')).toMatchObject([
      { metadata: { source_url: SOURCE } },
    ]);
  });

  it('are taken from GitHub alone', async () => {
    const organization = await newOrganization();
    const leaked = await createKey(organization);
    const text = alertsOf(leaked.plaintext_api_key);
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const forgeries = [
      { signature: null },
      { keyIdentifier: null },
      { keyIdentifier: 'another' },
      { signature: '' },
      { signature: 'x' },
      { signature: signatureOf(`${text} `) },
      { signature: sign('sha256', Buffer.from(text), stranger).toString('base64') },
    ];
    for (const forgery of forgeries) {
      const { status, body } = await sendAlerts<ErrorBody>({ text, ...forgery });
      expect([status, body.code]).toEqual([400, 'foreign_signature']);
    }
    expect((await readKey(organization, leaked.api_key.id)).is_active).toBe(true);
  });

  it.each(['{}', '[', '[1]', '[{"token":""}]', 'null', '[{"token":"x","type":1}]'])(
    'are refused where they are none: %s',
    async (text) => {
      const { status, body } = await sendAlerts<ErrorBody>({ text });
      expect([status, body.code]).toEqual([400, 'validation_error']);
    },
  );

  it('are found nowhere unless a key is configured', async () => {
    const server = await startServer();
    const { url } = server;
    const alerts = await sendAlerts<ErrorBody>({ text: alertsOf(RUBBISH), url });
    const nothing = await call('POST', '/v1/integrations/gitlab', { url, body: {} });
    const { request_id: _, ...refusal } = alerts.body;
    expect(alerts.status).toBe(404);
    expect(nothing.body).toMatchObject(refusal);
    await server.stop();
  });
});
