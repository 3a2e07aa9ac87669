import { ask, call, newOrganization, newPerson, randomText } from './support/keycap.js';

interface Page {
  readonly next_cursor: string | null;
  readonly [list: string]: unknown;
}

describe('lists of what is mine: ?limit=&cursor=', () => {
  /** Three rows in each list; answers the ids, newest first. */
  const lists = [
    {
      path: async () => {
        const { session: as } = await newPerson();
        for (const each of ['One', 'Two']) {
          const body = { name: `${each} ${randomText()}` };
          await ask('POST', '/v1/organizations', { as, body, expect: 201 });
        }
        return { path: '/v1/organizations', as };
      },
      of: 'organizations',
    },
    {
      path: async () => {
        const { session: as, email, password } = await newPerson();
        for (let more = 0; more < 2; more++) {
          await ask('POST', '/v1/sessions', { body: { email, password }, expect: 201 });
        }
        return { path: '/v1/sessions', as };
      },
      of: 'sessions',
    },
    {
      path: async () => {
        const organization = await newOrganization();
        const as = organization.owner.session;
        const { id } = await organization.client();
        const path = `${organization.path}/oauth-clients/${id}/secrets`;
        for (let more = 0; more < 2; more++) await ask('POST', path, { as, expect: 201 });
        return { path, as };
      },
      of: 'client_secrets',
    },
  ];

  const rowsOf = (page: Page, list: string): { id: string }[] => page[list] as { id: string }[];

  it.each(lists)('$of come newest first, in pages', async ({ path: prepare, of }) => {
    const { path, as } = await prepare();
    const whole = await ask<Page>('GET', path, { as });
    const ids = rowsOf(whole, of).map(({ id }) => id);
    expect(ids).toHaveLength(3);
    expect(ids).toEqual(ids.toSorted().toReversed());
    expect(whole.next_cursor).toBeNull();

    const paged: { id: string }[][] = [];
    let cursor = '';
    do {
      const page = await ask<Page>('GET', `${path}?limit=2${cursor}`, { as });
      paged.push(rowsOf(page, of));
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor !== '');
    expect(paged).toEqual([rowsOf(whole, of).slice(0, 2), rowsOf(whole, of).slice(2)]);
  });

  it.each(lists)(
    '$of: a limit outside 1-500 and a foreign cursor are 400',
    async ({ path, of }) => {
      const [mine, another] = await Promise.all([path(), path()]);
      const { next_cursor } = await ask<Page>('GET', `${another.path}?limit=1`, { as: another.as });
      expect([of, typeof next_cursor]).toEqual([of, 'string']);
      const wrong = [
        'limit=0',
        'limit=501',
        'limit=x',
        'cursor=x',
        `cursor=${String(next_cursor)}`,
      ];
      for (const query of wrong) {
        const { status, body } = await call('GET', `${mine.path}?${query}`, { as: mine.as });
        expect([query, status, body.code]).toEqual([query, 400, 'validation_error']);
      }
    },
  );
});
