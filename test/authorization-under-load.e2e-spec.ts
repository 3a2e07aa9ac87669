import { call, type Method, newOrganization } from './support/keycap.js';
import { outcomeOf } from './support/organizations.js';

const ROUNDS = 8;

it('A80: who may do what is decided the same way for requests that run beside each other', async () => {
  const [org, other] = await Promise.all([newOrganization(), newOrganization()]);
  const member = await org.member('member');
  const [reader, foreign] = [await org.token(['read']), (await other.apiKey()).plaintext];
  const rename = { body: { name: 'Renamed' } };
  const cells: [string, Method, string, object, string][] = [
    [org.owner.session, 'PATCH', org.path, rename, '200'],
    [member.session, 'PATCH', org.path, rename, '403 insufficient_role'],
    [reader, 'PATCH', org.path, rename, '403 insufficient_scope'],
    [foreign, 'PATCH', org.path, rename, '404 not_found'],
    [other.owner.session, 'DELETE', `${org.path}/members/${member.id}`, {}, '404 not_found'],
    [other.owner.session, 'GET', `${org.path}/members`, {}, '404 not_found'],
    [member.session, 'GET', `${org.path}/audit-events`, {}, '403 insufficient_role'],
    [org.owner.session, 'DELETE', `${org.path}/members/me`, {}, '409 last_owner'],
  ];
  const all = Array.from({ length: ROUNDS }, () => cells).flat();
  const outcomes = await Promise.all(
    all.map(async ([as, method, path, more]) =>
      outcomeOf(await call(method, path, { as, ...more })),
    ),
  );
  // A busy database may keep a request waiting for too long, which decides nothing.
  const wrong = outcomes.filter(
    (outcome, index) => outcome !== all[index]![4] && outcome !== '503 unavailable',
  );
  expect(wrong).toEqual([]);
  expect(outcomes).toEqual(expect.arrayContaining(cells.map(([, , , , outcome]) => outcome)));
});
