import fc from 'fast-check';
import { LOGINS, startLogin } from './support/device-logins.js';
import type { TestLogin } from './support/device-logins.js';
import { byExtent, tellSeed } from './support/extent.js';
import type { TestOrganization } from './support/keycap.js';
import { call, newOrganization } from './support/keycap.js';
import { checkInLanes } from './support/oauth-fuzz/lanes.js';

/** 5,000 values in all, a fifth of them in a quick run, 50,000 in the soak. */
const TIMES = byExtent({ quick: 0.2, thorough: 1, soak: 10 });

let organization: TestOrganization;
let login: TestLogin;

beforeAll(async () => {
  tellSeed();
  organization = await newOrganization();
  login = await startLogin();
});

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.constantFrom('cli', 'agent', '*', 'read', 'credentials:read', '2031-02-03T04:05:06Z'),
  fc.constantFrom('9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z', '\u0000', '\ud800', '__proto__'),
);
const anything = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: fc.array(text, { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** Bodies that have the known members more often than not. */
function bodyOf(names: readonly string[]): fc.Arbitrary<unknown> {
  const known = fc.record(Object.fromEntries(names.map((name) => [name, anything])), {
    requiredKeys: [],
  });
  return fc.oneof({ weight: 5, arbitrary: known }, { weight: 1, arbitrary: fc.jsonValue() });
}

/** What a header may hold at all (RFC 9110 §5.5): with anything else there is no request. */
const headerText = fc
  .array(fc.integer({ min: 0x21, max: 0xff }), { maxLength: 200 })
  .map((codes) => codes.filter((code) => code !== 0x7f))
  .map((codes) => String.fromCharCode(...codes));

const START = ['name', 'device_name', 'scopes', 'expires_at', 'source'];
const APPROVAL = ['organization_id', 'project_id', 'scopes'];

it('beginning a login never fails, whatever is sent', async () => {
  await checkInLanes(bodyOf(START), 2000 * TIMES, async (body) => {
    const { status } = await call('POST', LOGINS, { body });
    expect([201, 400]).toContain(status);
  });
});

it('approving one never fails, nor succeeds by luck', async () => {
  const wanted = fc.tuple(bodyOf(APPROVAL), fc.boolean());
  await checkInLanes(wanted, 1500 * TIMES, async ([body, isNamed]) => {
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    const sent = isNamed && isObject ? { ...body, organization_id: organization.id } : body;
    const { status, text: answer } = await call('POST', `${LOGINS}/${login.id}/approve`, {
      as: organization.owner.session,
      body: sent,
    });
    // What asks for no more than the device did, in no project, may be approved, and is so once.
    if (status === 200 || status === 409) login = await startLogin();
    else expect([400, 403, 404].includes(status) ? '' : answer).toBe('');
  });
});

it('polling and finding never fail, and no mutation opens a login', async () => {
  const guesses = fc.record({
    id: fc.oneof(fc.constant(''), text, fc.constant(login.id)),
    token: fc.oneof(headerText, fc.nat({ max: 46 }).map(mutated), fc.constant('kcd_')),
    header: fc.constantFrom('X-CapyDB-Poll-Token', 'X-Keycap-Poll-Token'),
    code: text,
  });
  await checkInLanes(guesses, 1500 * TIMES, async ({ id, token, header, code }) => {
    const path = `${LOGINS}/${encodeURIComponent(id.replace(/[\ud800-\udfff]/g, ''))}`;
    const polled = await call('GET', path, { headers: { [header]: token } });
    // Without an id it is the list, which is for people; too long a path is told so.
    expect([400, 401, 404, 414]).toContain(polled.status);
    const query = new URLSearchParams({ user_code: code }).toString();
    const found = await call('GET', `${LOGINS}?${query}`, { as: organization.owner.session });
    expect([400, 404, 414, 429]).toContain(found.status);
  });
});

/** The token with one character replaced. */
function mutated(at: number): string {
  const { pollToken } = login;
  const other = pollToken[at] === 'x' ? 'y' : 'x';
  return pollToken.slice(0, at) + other + pollToken.slice(at + 1);
}
