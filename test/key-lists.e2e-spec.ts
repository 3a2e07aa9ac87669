import {
  changeKey,
  createKey,
  expireKey,
  inDays,
  type KeyBody,
  rotateKey,
  uuidOfKey,
} from './support/api-keys.js';
import {
  ask,
  call,
  inDatabase,
  newOrganization,
  newPerson,
  type Person,
  type TestOrganization,
} from './support/keycap.js';

interface Listed {
  readonly api_keys: readonly KeyBody[];
  readonly next_cursor: string | null;
}

let organization: TestOrganization;
let admin: Person;

async function make(name: string, more: object = {}, as = organization.owner.session) {
  const { api_key } = await createKey(organization, { name, ...more }, as);
  return api_key.id;
}

async function lastUsed(id: string, daysAgo: number | null, madeDaysAgo: number): Promise<void> {
  await inDatabase(
    `UPDATE api_keys SET last_used_at = now() - make_interval(days => $2),
                         created_at = now() - make_interval(days => $3) WHERE id = $1`,
    [uuidOfKey(id), daysAgo, madeDaysAgo],
  );
}

async function namesOf(query: string, as = organization.owner.session): Promise<string[]> {
  const { api_keys } = await ask<Listed>('GET', `${organization.path}/api-keys?${query}`, { as });
  return api_keys.map(({ name }) => name);
}

beforeAll(async () => {
  organization = await newOrganization();
  admin = await organization.member('admin');
  const as = organization.owner.session;
  await make('active');
  const disabled = await make('disabled');
  const expired = await make('expired', { expires_at: inDays(1) });
  const revoked = await make('revoked', { expires_at: inDays(1) });
  const both = await make('disabled, then expired', { expires_at: inDays(1) });
  const old = await make('rotated');
  await make('of an admin', { scopes: ['*'] }, admin.session);
  const busy = await make('busy', { expires_at: inDays(90), scopes: ['read', 'backups:read'] });
  const idle = await make('idle', { expires_at: inDays(13) });
  for (const id of [disabled, both]) await changeKey(organization, id, { is_active: false });
  await rotateKey(organization, old);
  await ask('DELETE', `${organization.path}/api-keys/${revoked}`, { as });
  for (const id of [expired, revoked, both]) await expireKey(id);
  await lastUsed(busy, 1, 200);
  await lastUsed(idle, 100, 200);
  await lastUsed(old, null, 95);
});

const DEFAULT_ORDER = [
  'rotated',
  'idle',
  'busy',
  'of an admin',
  'rotated',
  'disabled, then expired',
  'revoked',
  'expired',
  'disabled',
  'active',
];

describe('the list of API keys', () => {
  it('is filtered by status, each key having one', async () => {
    expect(await namesOf('')).toEqual(DEFAULT_ORDER);
    expect(await namesOf('status=active')).toEqual([
      'rotated',
      'idle',
      'busy',
      'of an admin',
      'rotated',
      'active',
    ]);
    expect(await namesOf('status=disabled')).toEqual(['disabled']);
    expect(await namesOf('status=expired')).toEqual(['disabled, then expired', 'expired']);
    expect(await namesOf('status=revoked')).toEqual(['revoked']);
    expect(await namesOf('is_active=true')).toEqual(await namesOf('status=active'));
    expect(await namesOf('is_active=false')).toHaveLength(4);
  });

  it('is filtered by scope, as the key names it', async () => {
    expect(await namesOf('scope=backups:read')).toEqual(['busy']);
    expect(await namesOf('scope=read')).toEqual(['busy']);
    expect(await namesOf('scope=*')).toEqual(['of an admin']);
    expect(await namesOf('scope=members:read')).toEqual([]);
  });

  it('is filtered by who made them', async () => {
    expect(await namesOf(`created_by_user_id=${admin.id}`)).toEqual(['of an admin']);
    const stranger = await newPerson();
    for (const id of [stranger.id, 'usr_01kaw2hxk5f0c9xd2zp7r3m8qe', 'nobody', admin.id.slice(4)]) {
      expect(await namesOf(`created_by_user_id=${id}`)).toEqual([]);
    }
  });

  it('is filtered by use and by the end that is near', async () => {
    const used = ['idle', 'busy'];
    expect(await namesOf('never_used=false')).toEqual(used);
    expect(await namesOf('never_used=true')).toEqual(
      DEFAULT_ORDER.filter((name) => !used.includes(name)),
    );
    expect(await namesOf('unused_days=90')).toEqual(['idle', 'rotated']);
    expect(await namesOf('unused_days=99')).toEqual(['idle']);
    expect(await namesOf('expiring_days=14')).toEqual(['idle', 'rotated']);
    expect(await namesOf('expiring_days=1')).toEqual(['rotated']);
    expect(await namesOf('expiring_days=14&unused_days=99')).toEqual(['idle']);
  });

  it.each([
    ['-created_at', DEFAULT_ORDER],
    ['created_at', [...DEFAULT_ORDER].reverse()],
    [
      'name',
      [
        'active',
        'busy',
        'disabled',
        'disabled, then expired',
        'expired',
        'idle',
        'of an admin',
        'revoked',
        'rotated',
        'rotated',
      ],
    ],
    ['-last_used_at', ['busy', 'idle', 'rotated', 'of an admin']],
    ['last_used_at', ['active', 'disabled', 'expired', 'revoked']],
    ['-expires_at', ['rotated', 'of an admin', 'disabled', 'active', 'busy', 'idle', 'rotated']],
  ])('is sorted by %s, pages meeting without a gap', async (sort, order) => {
    expect((await namesOf(`sort=${sort}`)).slice(0, order.length)).toEqual(order);
    const whole = await ask<Listed>('GET', `${organization.path}/api-keys?sort=${sort}`, {
      as: organization.owner.session,
    });
    const paged: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const from = cursor === '' ? '' : `&cursor=${cursor}`;
      const path = `${organization.path}/api-keys?sort=${sort}&limit=3${from}`;
      const page: Listed = await ask('GET', path, { as: organization.owner.session });
      paged.push(...page.api_keys.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(paged).toEqual(whole.api_keys.map(({ id }) => id));
  });

  it('A1: takes no cursor of another sorting', async () => {
    const as = organization.owner.session;
    const list = (query: string) =>
      call<Listed>('GET', `${organization.path}/api-keys?${query}`, { as });
    const { body } = await list('sort=name&limit=2');
    const { status } = await list(`sort=-name&limit=2&cursor=${body.next_cursor!}`);
    expect(status).toBe(400);
  });

  it.each([
    'status=dead',
    'sort=digest',
    'sort=--name',
    'unused_days=0',
    'unused_days=x',
    'expiring_days=3651',
    'never_used=1',
    'scope=a&scope=b',
    'order=name',
  ])('refuses ?%s', async (query) => {
    const as = organization.owner.session;
    const { status } = await call('GET', `${organization.path}/api-keys?${query}`, { as });
    expect(status).toBe(400);
  });
});
