import type { Locator } from 'playwright-core';
import { copyKey } from './support/api-keys.js';
import { TestBrowser } from './support/browser.js';
import { DashboardVisitor } from './support/dashboard.js';
import { poll, startLogin } from './support/device-logins.js';
import type { TestOrganization } from './support/keycap.js';
import { ask, call, newOrganization } from './support/keycap.js';

let browser: TestBrowser;

beforeAll(async () => {
  browser = await TestBrowser.launch();
});
afterAll(() => browser.close());

describe('an owner', () => {
  let organization: TestOrganization;
  let visitor: DashboardVisitor;

  beforeAll(async () => {
    organization = await newOrganization();
    visitor = await DashboardVisitor.signedIn(browser, organization.owner);
  });
  afterAll(() => {
    expect(visitor.complaints).toEqual([]);
  });

  const as = () => organization.owner.session;
  const statusOf = async (key: string): Promise<number> =>
    (await call('GET', '/v1/me', { headers: { 'x-api-key': key } })).status;

  it('rotates a key, disables and enables one', async () => {
    const { id, plaintext } = await organization.apiKey();
    await visitor.goTo('API keys');
    await visitor.choose('Test', 'Rotate');
    await visitor.dialog.getByLabel('Overlap').selectOption('1 hour');
    await visitor.dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
    const successor = await visitor.secret('API key');
    await visitor.saved();
    expect(await statusOf(successor)).toBe(200);
    expect(await statusOf(plaintext)).toBe(200);
    const { api_key: old } = await ask<{ api_key: { replaced_by_id: string } }>(
      'GET',
      `${organization.path}/api-keys/${id}`,
      { as: as() },
    );
    expect(old.replaced_by_id).toMatch(/^key_/);

    const row = visitor.page.getByRole('row', { name: /Test/ }).first();
    await row.getByRole('button', { name: 'Actions for Test' }).click();
    await visitor.page.getByRole('menuitem', { name: 'Disable' }).click();
    await visitor.announced('Test is disabled.');
    expect(await statusOf(successor)).toBe(401);
    await row.getByRole('button', { name: 'Actions for Test' }).click();
    await visitor.page.getByRole('menuitem', { name: 'Enable' }).click();
    await visitor.announced('Test is enabled.');
    expect(await statusOf(successor)).toBe(200);
  });

  it('revokes many keys at once', async () => {
    await visitor.goTo('Overview');
    await visitor.goTo('API keys');
    await visitor.page.getByRole('checkbox', { name: 'Select all' }).check();
    await visitor.press('Revoke selected');
    await visitor.dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await visitor.announced('2 keys are revoked.');
    const { api_keys: keys } = await ask<{ api_keys: { revoked_at: string | null }[] }>(
      'GET',
      `${organization.path}/api-keys`,
      { as: as() },
    );
    expect(keys.map(({ revoked_at: at }) => at)).not.toContain(null);
  });

  it('finds one of many by its name, without drawing all of them', async () => {
    const { id } = await organization.apiKey();
    await copyKey(id, 250);
    await visitor.visit(`/orgs/${organization.slug}/api-keys`);
    const { page } = visitor;
    const rows = page.locator('tbody tr[data-index]');
    await rows.first().waitFor();
    expect(await rows.count()).toBeLessThan(60);
    const all = page.getByRole('table', { name: 'API keys' });
    for (const rowCount of ['101', '201', '254']) {
      await page.locator(`table[aria-rowcount="${rowCount}"]`).waitFor();
      await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
    }
    expect(await all.getAttribute('aria-rowcount')).toBe('254');
    expect(await rows.count()).toBeLessThan(60);
    await page.getByRole('searchbox', { name: 'Search name or prefix' }).fill('Bulk 249');
    await page.locator('table[aria-rowcount="2"]').waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe('Bulk 249');
  });

  it('changes a role, and takes it back where it is refused', async () => {
    await organization.member('member');
    await visitor.goTo('Members');
    const { page } = visitor;
    const other = page.getByRole('row', { name: /Member/ }).first();
    await other.getByRole('combobox').selectOption('Admin');
    await visitor.announced('Test person is Admin now.');
    const own = page.getByRole('row', { name: /you/ });
    await own.getByRole('combobox').selectOption('Member');
    await page
      .getByRole('alert')
      .getByText('The organization needs an active owner, and this is the last one.')
      .waitFor();
    expect(await own.getByRole('combobox').inputValue()).toBe('owner');
    await visitor.press('Dismiss the error');
    visitor = await DashboardVisitor.signedIn(browser, organization.owner);
  });

  it('removes a member, and sees beforehand what becomes of his keys', async () => {
    const { path } = organization;
    const admin = await organization.member('admin');
    await ask('PATCH', '/v1/users/me', { as: admin.session, body: { name: 'Leaver' } });
    const body = { name: 'Of the leaver', scopes: ['read'] };
    await ask('POST', `${path}/api-keys`, { as: admin.session, body, expect: 201 });
    await visitor.visit(`/orgs/${organization.slug}/members`);
    await visitor.choose('Leaver', 'Remove');
    await visitor.dialog.getByText('Of the leaver').waitFor();
    await visitor.dialog.getByText('stays').waitFor();
    await visitor.dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await visitor.announced('Leaver is removed.');
    expect((await call('GET', path, { as: admin.session })).status).toBe(404);
  });

  it('invites many, after a look at what would happen', async () => {
    await visitor.goTo('Invitations');
    await visitor.press('Invite many');
    const { dialog } = visitor;
    await dialog
      .getByLabel('E-mail addresses')
      .fill('email,role\none@keycap.test,admin\ntwo@keycap.test\nrubbish\none@keycap.test');
    await dialog.getByText('2 will be invited, 2 will not.').waitFor();
    await dialog.getByText('rubbish: no e-mail address').waitFor();
    await dialog.getByRole('button', { name: 'Invite 2 people' }).click();
    await visitor.announced('2 people are invited.');
    await dialog.getByRole('button', { name: 'I have saved it' }).click();
    await visitor.page.getByRole('row', { name: /one@keycap\.test Admin Pending/ }).waitFor();
    expect(await visitor.page.getByRole('row', { name: /rubbish/ }).count()).toBe(0);
  });

  it('makes a project, and deletes it by typing its name', async () => {
    await visitor.goTo('Projects');
    const { dialog, page } = visitor;
    await page.getByRole('button', { name: 'Create project' }).first().click();
    await dialog.getByLabel('Name', { exact: true }).fill('Staging');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await visitor.announced('Staging is created.');
    await visitor.choose('Staging', 'Delete');
    await dialog.getByText('0 active keys will be revoked.').waitFor();
    const remove = dialog.getByRole('button', { name: 'Delete', exact: true });
    expect(await remove.isDisabled()).toBe(true);
    await dialog.getByLabel('Type "Staging" to confirm').fill('Staging');
    await remove.click();
    await visitor.announced('Staging is deleted.');
  });

  it('sets a policy, tries a request, checks the record', async () => {
    const { page } = visitor;
    await visitor.goTo('Settings');
    const policy = page.getByRole('group', { name: 'Most active keys' });
    await policy.getByLabel('Mode').selectOption('Report only');
    await policy.getByLabel('Value').fill('50');
    await policy.getByRole('button', { name: 'Save' }).click();
    await visitor.announced('"Most active keys" is saved.');
    const { organization: changed } = await ask<{ organization: { policy: object } }>(
      'GET',
      organization.path,
      { as: as() },
    );
    expect(changed.policy).toMatchObject({ max_active_keys: { mode: 'report_only', value: 50 } });

    await visitor.goTo('Try it');
    await visitor.press('Send');
    await page.getByText('The server answered 200').waitFor();
    expect(await page.getByLabel('Answer', { exact: true }).innerText()).toContain(
      organization.owner.email,
    );

    await visitor.goTo('Audit');
    await page.locator('summary', { hasText: 'organization.updated' }).first().waitFor();
    await visitor.press('Check the chain');
    await page.getByText(/^The chain is intact: \d+ events checked\.$/).waitFor();
    await visitor.press('Export');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'As CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('audit.csv');
  });

  it('lets a device in, after a look at its code', async () => {
    const login = await startLogin();
    await visitor.visit(`/cli/login?session=${login.id}`);
    await visitor.page.getByText(login.userCode).waitFor();
    await visitor.page.getByLabel('Organization').selectOption({ value: organization.id });
    await visitor.press('Approve');
    await visitor.page.getByText('Approved. You can go back to your program.').waitFor();
    const { body } = await poll(login);
    expect([body.state, body.organization_id]).toEqual(['completed', organization.id]);
  });

  it('reads it in German, where everything has a word', async () => {
    await visitor.visit('/profile');
    await visitor.page.getByLabel('Language').selectOption('Deutsch');
    await visitor.heading('Profil').waitFor();
    await visitor.visit(`/orgs/${organization.slug}/audit`);
    await visitor.heading('Protokoll').waitFor();
    expect(await visitor.page.locator('html').getAttribute('lang')).toBe('de');
    await visitor.page.getByRole('button', { name: 'Kette prüfen' }).waitFor();
  });
});

it('works by the keyboard alone: from signing in to a Basic credential that is copied', async () => {
  const { owner } = await newOrganization();
  const visitor = await DashboardVisitor.open(browser, '/sign-in');
  const { page, dialog } = visitor;
  const { keyboard } = page;
  await visitor.heading('Sign in').waitFor();

  /** Tabs on until something has the focus. */
  async function tabTo(wanted: Locator): Promise<void> {
    await wanted.waitFor();
    for (let tabs = 0; tabs < 80; tabs += 1) {
      if ((await wanted.and(page.locator(':focus')).count()) > 0) return;
      await keyboard.press('Tab');
    }
    throw new Error('the focus never came there');
  }

  await tabTo(page.getByLabel('Email'));
  await keyboard.type(owner.email);
  await keyboard.press('Tab');
  await keyboard.type(owner.password);
  await keyboard.press('Enter');
  await visitor.heading('Overview').waitFor();
  await keyboard.press('Control+k');
  await dialog.getByLabel('Where to?').and(page.locator(':focus')).waitFor();
  await keyboard.type('Create OAuth');
  await dialog.getByRole('button', { name: 'Create OAuth client' }).waitFor();
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await tabTo(dialog.getByLabel('Name', { exact: true }));
  await keyboard.type('By hand');
  await keyboard.press('Enter');
  const copy = dialog.getByRole('button', { name: 'Copy Basic credential (base64)' });
  await tabTo(copy);
  await keyboard.press('Enter');
  await visitor.announced('Basic credential (base64) copied.');
  const copied = await page.evaluate('navigator.clipboard.readText()');
  expect(copied).toBe(await visitor.secret('Basic credential (base64)'));
  const answer = await call('POST', '/o/token/', {
    as: `Basic ${String(copied)}`,
    form: { grant_type: 'client_credentials' },
  });
  expect(answer.status).toBe(200);
  await keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(visitor.complaints).toEqual([]);
});
