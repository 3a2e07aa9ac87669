import type { IssuedInvitationAnswer } from '../src/organizations/invitations/invitations.dto.js';
import type { TestServer } from './support/servers.js';
import {
  accept,
  invite,
  lookUp,
  countMails,
  mailedToken,
  newEmail,
  outcomeOf,
  PASSWORD,
  resend,
  tokenIn,
} from './support/invitations.js';
import { ask, call, inDatabase, newOrganization, type Person } from './support/keycap.js';
import { startServer, testVariable } from './support/servers.js';

/** A second server on the same database, without mail; the shared one mails into a folder. */
let mute: TestServer;

beforeAll(async () => {
  mute = await startServer({ database: testVariable('KEYCAP_TEST_DATABASE_URL') });
});

afterAll(() => mute.stop());

const verifiedAt = async (email: string): Promise<Date | null> => {
  const [row] = await inDatabase<{ email_verified_at: Date | null }>(
    'SELECT email_verified_at FROM users WHERE email = $1',
    [email],
  );
  return row!.email_verified_at;
};

it('mails another token than it shows, and stores neither', async () => {
  const { email, token } = await invite(await newOrganization());
  const mailed = await mailedToken(email);
  expect(await countMails(email)).toBe(1);
  expect(mailed).toMatch(/^kci_[0-9A-Za-z]{43}$/);
  expect(mailed).not.toBe(token);
  expect((await lookUp(mailed)).body).toEqual((await lookUp(token)).body);
  const [row] = await inDatabase<{ text: string }>(
    'SELECT invitations::text AS text FROM invitations WHERE email = $1',
    [email],
  );
  expect(row!.text).not.toContain(mailed.slice(4));
  expect(row!.text).not.toContain(token.slice(4));
});

it('mails nothing where it is told not to, or has no mail', async () => {
  const org = await newOrganization();
  for (const wanted of [
    { send_email: false },
    { url: mute.url },
    { url: mute.url, send_email: true },
  ]) {
    const { email } = await invite(org, wanted);
    expect(await countMails(email)).toBe(0);
  }
});

it('A41: only the mailed link proves the address', async () => {
  const org = await newOrganization();
  const [shown, mailed] = [await invite(org), await invite(org)];
  const token = await mailedToken(mailed.email);
  for (const each of [shown.token, token]) {
    expect(outcomeOf(await accept(each, { password: PASSWORD }))).toBe('200');
  }
  expect(await verifiedAt(shown.email)).toBeNull();
  expect(await verifiedAt(mailed.email)).toBeInstanceOf(Date);
});

it('one link uses the invitation up for both', async () => {
  const { email, token } = await invite(await newOrganization());
  const mailed = await mailedToken(email);
  expect(outcomeOf(await accept(token, { password: PASSWORD }))).toBe('200');
  expect(outcomeOf(await accept(mailed, { password: PASSWORD }))).toBe('410 invitation_accepted');
});

describe('an account that signed up by a shown link', () => {
  /** His address is nobody's yet. */
  const unverified = async (): Promise<Person> => (await newOrganization()).owner;

  it('A41: joins no other organization by a shown link, and is told why', async () => {
    const person = await unverified();
    const org = await newOrganization();
    const { token } = await invite(org, { email: person.email });
    const refused = await accept(token, { as: person.session });
    expect(outcomeOf(refused)).toBe('403 email_not_verified');
    const path = `${org.path}/members/${person.id}`;
    expect((await call('GET', path, { as: org.owner.session })).status).toBe(404);
  });

  it('A16: joins by the mailed link, which proves that address and no other', async () => {
    const [person, stranger] = [await unverified(), await unverified()];
    const { email } = await invite(await newOrganization(), { email: person.email });
    const token = await mailedToken(email);
    expect(outcomeOf(await accept(token, { as: stranger.session }))).toBe('403 email_mismatch');
    expect(await verifiedAt(stranger.email)).toBeNull();
    expect(await verifiedAt(person.email)).toBeNull();
    expect(outcomeOf(await accept(token, { as: person.session }))).toBe('200');
    expect(await verifiedAt(person.email)).toBeInstanceOf(Date);
    const elsewhere = await invite(await newOrganization(), { email: person.email });
    expect(outcomeOf(await accept(elsewhere.token, { as: person.session }))).toBe('200');
  });

  it('comes back to the organization that invited it', async () => {
    const org = await newOrganization();
    const person = await org.member('member');
    const path = `${org.path}/members/${person.id}`;
    await ask('DELETE', path, { as: org.owner.session, expect: 204 });
    const { token } = await invite(org, { email: person.email });
    expect(outcomeOf(await accept(token, { as: person.session }))).toBe('200');
    await ask('DELETE', path, { as: org.owner.session, expect: 204 });
    const again = await accept(token, { as: person.session });
    expect(outcomeOf(again)).toBe('410 invitation_accepted');
  });

  it('S12: has a password that no invitation sets', async () => {
    const { email, password } = await unverified();
    await invite(await newOrganization(), { email });
    const token = await mailedToken(email);
    const taken = await accept(token, { password: 'another long passphrase' });
    expect(outcomeOf(taken)).toBe('409 sign_in_required');
    await ask('POST', '/v1/sessions', { body: { email, password }, expect: 201 });
  });
});

it('sends again with new tokens for both links; the old ones are dead at once', async () => {
  const org = await newOrganization();
  const { id, email, token } = await invite(org);
  const mailed = await mailedToken(email);
  const again = await resend(org, id);
  expect(again.status).toBe(201);
  const mailedAgain = await mailedToken(email, 2);
  const shownAgain = tokenIn(again.body.accept_url);
  expect(new Set([token, mailed, shownAgain, mailedAgain]).size).toBe(4);
  for (const dead of [token, mailed]) {
    expect(outcomeOf(await lookUp(dead))).toBe('404 not_found');
    expect(outcomeOf(await accept(dead, { password: PASSWORD }))).toBe('404 not_found');
  }
  expect((await lookUp(mailedAgain)).status).toBe(200);
  expect((await resend(org, id, { body: { send_email: false } })).status).toBe(201);
  expect(await countMails(email)).toBe(2);
  expect(outcomeOf(await lookUp(mailedAgain))).toBe('404 not_found');
});

it('A13: any other byte of a token opens nothing', async () => {
  const { token } = await invite(await newOrganization());
  for (let at = 0; at < token.length; at++) {
    const byte = token[at] === 'a' ? 'b' : 'a';
    const { status } = await lookUp(token.slice(0, at) + byte + token.slice(at + 1));
    expect([at, status]).toEqual([at, 404]);
  }
  for (const other of [token.slice(0, -1), `${token}a`, token.toUpperCase(), `${token}=`]) {
    expect((await lookUp(other)).status).toBe(404);
  }
  expect((await lookUp(token)).status).toBe(200);
});

it.each([
  ['capitals', (email: string) => email.toUpperCase()],
  ['spaces around', (email: string) => ` ${email}  `],
  ['full-width letters', (email: string) => email.replace(/^./, (c) => wide(c))],
  ['compatible spellings (NFKC)', (email: string) => email.replace('keycap', '𝐤𝐞𝐲𝐜𝐚𝐩')],
])('A49: an address in %s is the same address', async (_, twinOf) => {
  const org = await newOrganization();
  const member = await org.member('member');
  const email = newEmail();
  await invite(org, { email });
  const attempts = [twinOf(email), twinOf(member.email)].map((twin) =>
    call('POST', `${org.path}/invitations`, {
      as: org.owner.session,
      body: { email: twin, role: 'member' },
    }),
  );
  const outcomes = (await Promise.all(attempts)).map(outcomeOf);
  expect(outcomes).toEqual(['409 already_invited', '409 already_member']);
  const made = await call<IssuedInvitationAnswer>('POST', `${org.path}/invitations`, {
    as: org.owner.session,
    body: { email: twinOf(newEmail()), role: 'member' },
  });
  expect(made.body.invitation.email).toMatch(/^[0-9a-f]{16}@keycap\.test$/);
});

/** The full-width form of an ASCII character. */
function wide(character: string): string {
  return String.fromCodePoint(character.codePointAt(0)! + 0xfee0);
}
