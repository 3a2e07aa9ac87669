import { hash } from '@node-rs/argon2';
import type { StartedSessionBody } from '../src/users/sessions/sessions.dto.js';
import {
  ask,
  call,
  inDatabase,
  newOrganization,
  newPerson,
  type Person,
} from './support/keycap.js';
import { newPassword, resetTokenOf, confirmReset, signInStatus } from './support/passwords.js';

const change = (person: Person, current: string, wanted: string) =>
  call('POST', '/v1/users/me/password', {
    as: person.session,
    body: { current_password: current, new_password: wanted },
  });

it('S6: changing the password needs the current one and ends the other sessions', async () => {
  const person = await newPerson();
  const other = await ask<StartedSessionBody>('POST', '/v1/sessions', {
    body: { email: person.email, password: person.password },
    expect: 201,
  });
  const reset = await resetTokenOf(person.email);
  const wanted = newPassword();

  const wrong = await change(person, 'not the password at all', wanted);
  expect([wrong.status, wrong.body.code]).toEqual([403, 'wrong_password']);
  const missing = await call('POST', '/v1/users/me/password', {
    as: person.session,
    body: { new_password: wanted },
  });
  expect(missing.status).toBe(400);
  expect((await change(person, person.password, wanted)).status).toBe(204);

  const statuses = [person.session, other.session_token!].map(
    async (as) => (await call('GET', '/v1/users/me', { as })).status,
  );
  expect(await Promise.all(statuses)).toEqual([200, 401]);
  expect(await signInStatus(person.email, person.password)).toBe(401);
  expect(await signInStatus(person.email, wanted)).toBe(201);
  expect((await confirmReset(reset, newPassword())).status).toBe(410);
});

it('S1 S4: the new password is held to the same rules', async () => {
  const person = await newPerson();
  for (const wanted of ['fourteen chars', 'iloveyou1234567', 'keycapkeycap123']) {
    const { status, body } = await change(person, person.password, wanted);
    expect([wanted, status, Object.keys(body.fields ?? {})]).toEqual([
      wanted,
      400,
      ['new_password'],
    ]);
  }
});

it('S8: whoever holds a session guesses the password ten times, and locks nobody out', async () => {
  const person = await newPerson();
  const statuses: number[] = [];
  for (let n = 0; n < 12; n++) {
    statuses.push((await change(person, 'not the password at all', newPassword())).status);
  }
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 403), 429, 429]);
  expect(await signInStatus(person.email, person.password)).toBe(201);
});

it('of two changes at once one is made', async () => {
  const person = await newPerson();
  const wanted = [newPassword(), newPassword()];
  const answers = await Promise.all(wanted.map((each) => change(person, person.password, each)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 403]);
});

it('who has no password is told to ask for a reset', async () => {
  const person = await newPerson();
  await inDatabase('UPDATE users SET password_hash = NULL WHERE email = $1', [person.email]);
  const { status, body } = await change(person, person.password, newPassword());
  expect([status, body.code]).toEqual([409, 'no_password']);
  expect(await signInStatus(person.email, person.password)).toBe(401);
});

it.each([
  ['64 characters', 'seven small boats cross a wide bay at dawn while gulls look down'],
  [
    '128 characters',
    'seven small boats cross a wide bay at dawn while gulls look on '.repeat(2) + 'z7',
  ],
  ['spaces around it', '  two spaces before and behind  '],
  ['emoji', '\u{1f40e}\u{1f50b}\u{1f4ce}\u{1f319}\u{1f33b} and five small pictures'],
])('S2: takes a password with %s as it is', async (_, wanted) => {
  const person = await newPerson();
  expect((await change(person, person.password, wanted)).status).toBe(204);
  expect(await signInStatus(person.email, wanted)).toBe(201);
  const characters = [...wanted];
  const parts = [characters.slice(0, -1), characters.slice(1)].map((part) => part.join(''));
  for (const other of [...parts, wanted.toUpperCase()]) {
    expect(await signInStatus(person.email, other)).toBe(401);
  }
});

it('S2: composed and decomposed letters are one password', async () => {
  const person = await newPerson();
  const typed = 'caf\u00e9 by the river at noon';
  expect((await change(person, person.password, typed)).status).toBe(204);
  expect(await signInStatus(person.email, typed.normalize('NFD'))).toBe(201);
});

it('S4: is not made of the names of organizations, at a change and a reset as at the beginning', async () => {
  const [org, other] = [await newOrganization(), await newOrganization()];
  const { owner: person } = org;
  const called = async ({ path, owner }: typeof org, name: string): Promise<void> => {
    await ask('PATCH', path, { as: owner.session, body: { name } });
  };
  await called(org, 'Zanzibar Lighthouse');
  await called(other, 'Quixotic Marmalade');
  const own = 'ZanzibarLighthouse7';
  const refused = await change(person, person.password, own);
  expect([refused.status, Object.keys(refused.body.fields ?? {})]).toEqual([400, ['new_password']]);
  const reset = await resetTokenOf(person.email);
  const again = await confirmReset(reset, own);
  expect([again.status, again.body.code]).toEqual([400, 'validation_error']);
  // The link is still good, and another organization's name says nothing of him.
  expect((await confirmReset(reset, 'QuixoticMarmalade7')).status).toBe(204);
});

describe('S5: stored hashes', () => {
  const stored = async (email: string): Promise<string> => {
    const [user] = await inDatabase<{ password_hash: string }>(
      'SELECT password_hash FROM users WHERE email = $1',
      [email],
    );
    return user?.password_hash ?? '';
  };

  it('of smaller costs are replaced at a sign-in', async () => {
    const { email, password } = await newPerson();
    const weak = await hash(password, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
    await inDatabase('UPDATE users SET password_hash = $2 WHERE email = $1', [email, weak]);
    expect(await signInStatus(email, 'not the password at all')).toBe(401);
    expect(await stored(email)).toBe(weak);
    expect(await signInStatus(email, password)).toBe(201);
    expect(await stored(email)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await signInStatus(email, password)).toBe(201);
  });

  it('of what was typed decomposed, before passwords were normalised, still work', async () => {
    const { email } = await newPerson();
    const typed = 'cafe\u0301 by the river at noon';
    const old = await hash(typed, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    await inDatabase('UPDATE users SET password_hash = $2 WHERE email = $1', [email, old]);
    expect(await signInStatus(email, typed)).toBe(201);
  });

  it('that are none let nobody in', async () => {
    const { email, password } = await newPerson();
    const whole = await stored(email);
    for (const text of ['', password, '$argon2i$v=19$m=19456,t=2,p=1$x$y', '$2b$10$abc']) {
      await inDatabase('UPDATE users SET password_hash = $2 WHERE email = $1', [email, text]);
      expect([text, await signInStatus(email, password)]).toEqual([text, 401]);
    }
    await inDatabase('UPDATE users SET password_hash = $2 WHERE email = $1', [email, whole]);
  });

  it('are PHC strings of argon2id at costs that OWASP allows, all of them', async () => {
    const people = [await newPerson(), await newPerson()];
    expect((await change(people[0]!, people[0]!.password, newPassword())).status).toBe(204);
    const reset = await resetTokenOf(people[1]!.email);
    expect((await confirmReset(reset, newPassword())).status).toBe(204);
    const rows = await inDatabase<{ password_hash: string }>(
      'SELECT password_hash FROM users WHERE password_hash IS NOT NULL',
    );
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter((row) => !isAllowed(row.password_hash))).toEqual([]);
  });

  it.each([
    '',
    'a long enough passphrase',
    phc('m=19456,t=1,p=1'),
    phc('m=19455,t=2,p=1'),
    phc('m=65536,t=1,p=2'),
    phc('m=19456,t=2,p=1').replace('argon2id', 'argon2i'),
    phc('m=19456,t=2,p=1').replace('v=19', 'v=16'),
    ` ${phc('m=19456,t=2,p=1')}`,
    `${phc('m=19456,t=2,p=1')}A`,
    phc('m=19456,t=2,p=1').replace(/\$\w+$/, ''),
  ])('are judged by what they are: %j is none', (text) => {
    expect([isAllowed(text), isAllowed(phc('m=19456,t=2,p=1'))]).toEqual([false, true]);
  });
});

/** Memory in KiB and passes that cost a guesser alike (OWASP, Password Storage). */
const ALLOWED_COSTS = new Set(['47104,1', '19456,2', '12288,3', '9216,4', '7168,5']);

/** Whole: the salt has 16 bytes and the hash 32, both in base64 without padding. */
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$[0-9A-Za-z+/]{22}\$[0-9A-Za-z+/]{43}$/;

function isAllowed(text: string): boolean {
  const [, memory, passes] = PHC.exec(text) ?? [];
  return ALLOWED_COSTS.has(`${memory},${passes}`);
}

/** A well-formed string with these parameters. */
function phc(parameters: string): string {
  return `$argon2id$v=19$${parameters}$${'A'.repeat(22)}$${'A'.repeat(43)}`;
}
