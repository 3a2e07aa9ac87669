import { join } from 'node:path';
import type { Answer } from './support/keycap.js';
import { ask } from './support/keycap.js';
import { newEmail, tokenIn } from './support/invitations.js';
import type { OwnServer } from './support/own-server.js';
import { startOwnServer } from './support/own-server.js';
import { newPassword } from './support/passwords.js';
import { until } from './support/until.js';

/** Whether an address has an account is told by no answer, and by no work that it waits for. */
const ROUNDS = 5;
const ANSWERED = 'an answer was given\n';

let own: OwnServer;
/** Someone who has an account, and is in another organization than the one that invites. */
let known: string[];

beforeAll(async () => {
  const counting = `--import=${join(import.meta.dirname, 'support/count-statements.mjs')}`;
  own = await startOwnServer({ env: { NODE_OPTIONS: counting } });
  known = await Promise.all(Array.from({ length: ROUNDS }, account));
});
afterAll(() => own.server.stop());

const invite = (path: string, email: string) =>
  own.call<{ accept_url: string }>('POST', `${path}/invitations`, {
    body: { email, role: 'member', send_email: false },
  });

/** @returns its address */
async function account(): Promise<string> {
  const email = newEmail();
  const { accept_url } = (await invite(own.path, email)).body;
  const body = { token: tokenIn(accept_url), password: newPassword() };
  await ask('POST', '/v1/invitations/accept', { url: own.url, body });
  return email;
}

/** What knows of addresses and people. Other tables are kept in order beside every answer. */
const TELLING = /"(?:audit_events|invitations|mailed_links|memberships|organizations|users)"/;

/** Resolves when what earlier answers left behind is done: so many looks show nothing new. */
async function quiet(): Promise<void> {
  let [looks, length] = [0, -1];
  await until('the server is quiet', () => {
    looks = own.server.log().length === length ? looks + 1 : 0;
    length = own.server.log().length;
    return looks >= 10;
  });
}

/** The statements that an answer waited for. */
async function workOf(question: () => Promise<Answer<unknown>>): Promise<unknown> {
  await quiet();
  const start = own.server.log().length;
  const { status } = await question();
  const log = await until('the answer is in the log', () => {
    const text = own.server.log().slice(start);
    return text.includes(ANSWERED) ? text : Promise.reject(new Error('not yet'));
  });
  const lines = log.slice(0, log.indexOf(ANSWERED)).split('\n');
  const statements = lines.filter((line) => line.startsWith('statement: '));
  const texts = statements.map((line) => line.slice('statement: '.length));
  return { status, statements: texts.filter((text) => TELLING.test(text)).toSorted() };
}

/** For addresses with an account and without one, in turns. */
async function worksOf(
  question: (email: string) => Promise<Answer<unknown>>,
  unknown = known.map(newEmail),
) {
  const [ofKnown, ofUnknown]: [unknown[], unknown[]] = [[], []];
  for (const [round, email] of known.entries()) {
    ofKnown.push(await workOf(() => question(email)));
    ofUnknown.push(await workOf(() => question(unknown[round]!)));
  }
  return { ofKnown, ofUnknown };
}

it('S9 A58: a sign-in does the same work', async () => {
  const { ofKnown, ofUnknown } = await worksOf((email) =>
    own.call('POST', '/v1/sessions', { body: { email, password: newPassword() } }),
  );
  expect(ofKnown[0]).toMatchObject({ status: 401 });
  expect(JSON.stringify(ofKnown[0])).toContain('users');
  expect(ofKnown).toEqual(ofUnknown);
});

it('S9 A58: a request for a password reset waits for no statement at all', async () => {
  const { ofKnown, ofUnknown } = await worksOf((email) =>
    own.call('POST', '/v1/password-resets', { body: { email } }),
  );
  expect(ofKnown).toEqual(known.map(() => ({ status: 202, statements: [] })));
  expect(ofUnknown).toEqual(ofKnown);
});

describe('S9: an address that is invited', () => {
  const tokens = new Map<string, string>();
  let path: string;

  beforeAll(async () => {
    const body = { name: 'Inviting' };
    const made = await own.call<{ organization: { id: string } }>('POST', '/v1/organizations', {
      body,
    });
    path = `/v1/organizations/${made.body.organization.id}`;
  });

  it('is written down with the same work', async () => {
    const { ofKnown, ofUnknown } = await worksOf(async (email) => {
      const answer = await invite(path, email);
      tokens.set(email, tokenIn(answer.body.accept_url));
      return answer;
    });
    expect(ofKnown[0]).toMatchObject({ status: 201 });
    expect(ofKnown).toEqual(ofUnknown);
  });

  it('is looked at with the same work by whoever has the link', async () => {
    const strangers = [...tokens.keys()].filter((email) => !known.includes(email));
    const { ofKnown, ofUnknown } = await worksOf(lookUp, strangers);
    expect(ofKnown[0]).toMatchObject({ status: 200 });
    expect(ofKnown).toEqual(ofUnknown);
  });

  const lookUp = (email: string) =>
    own.call('GET', '/v1/invitations/lookup', {
      headers: { 'x-invitation-token': tokens.get(email)! },
    });
});
