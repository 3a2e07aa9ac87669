import {
  ask,
  call,
  inDatabase,
  newAddress,
  newOrganization,
  type TestOrganization,
} from './support/keycap.js';

const LIMIT = 100;

describe('where an address has sent too many unknown credentials', () => {
  let organization: TestOrganization;
  const from = newAddress();

  /** The status that a credential gets at the address with the bad name. */
  const statusOf = async (as: string): Promise<number> =>
    (await call('GET', '/v1/me', { as, from })).status;

  beforeAll(async () => {
    organization = await newOrganization();
    const rubbish = Array.from({ length: LIMIT }, () => statusOf(`kcs_${'a'.repeat(43)}`));
    expect(new Set(await Promise.all(rubbish))).toEqual(new Set([401]));
  });

  it.each([
    ['session', `kcs_${'b'.repeat(43)}`],
    ['token', 'b'.repeat(43)],
    ['API key', 'capy_live_000000000000000000000000000000003UFVO5'],
    ['malformed credential', '-'],
  ])('an unknown %s gets 429', async (_kind, unknown) => {
    expect(await statusOf(unknown)).toBe(429);
  });

  it('a good one works', async () => {
    expect(await statusOf((await organization.apiKey()).plaintext)).toBe(200);
    expect(await statusOf(await organization.token())).toBe(200);
    expect(await statusOf(organization.owner.session)).toBe(200);
  });

  it('a revoked key is told so with 401', async () => {
    const { id, plaintext } = await organization.apiKey();
    await ask('DELETE', `${organization.path}/api-keys/${id}`, { as: organization.owner.session });
    expect(await statusOf(plaintext)).toBe(401);
  });

  it('an expired token, and one of a disabled client, are told so with 401', async () => {
    const expired = await organization.token();
    await inDatabase(
      `UPDATE access_tokens t SET expires_at = now() FROM oauth_clients c, organizations o
        WHERE c.client_id = t.client_id AND o.id = c.organization_id AND o.slug = $1`,
      [organization.slug],
    );
    expect(await statusOf(expired)).toBe(401);
    const disabled = await organization.token();
    await inDatabase(
      `UPDATE oauth_clients c SET is_active = false FROM organizations o
        WHERE o.id = c.organization_id AND o.slug = $1`,
      [organization.slug],
    );
    expect(await statusOf(disabled)).toBe(401);
  });

  it('an ended session, and one of a disabled person, are told so with 401', async () => {
    const { session } = await organization.member('member');
    await ask('DELETE', '/v1/sessions/current', { as: session, expect: 204 });
    expect(await statusOf(session)).toBe(401);
    const disabled = await organization.member('member');
    await inDatabase('UPDATE users SET disabled_at = now() WHERE email = $1', [disabled.email]);
    expect(await statusOf(disabled.session)).toBe(401);
  });
});
