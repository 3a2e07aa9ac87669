import { TestBrowser } from './support/browser.js';
import { DashboardVisitor } from './support/dashboard.js';
import type { TestLogin } from './support/device-logins.js';
import { outcomeOf, poll, signedInAgo, startLogin } from './support/device-logins.js';
import type { Person, TestOrganization } from './support/keycap.js';
import { call, newOrganization } from './support/keycap.js';

/** Refusals are in the browser's console too, as is the answer that nobody is signed in yet. */
const unexpected = ({ complaints }: DashboardVisitor): string[] =>
  complaints.filter((complaint) => !/status of 40[13]/.test(complaint));

describe('the login of a device', () => {
  let browser: TestBrowser;
  let organization: TestOrganization;

  beforeAll(async () => {
    [browser, organization] = await Promise.all([TestBrowser.launch(), newOrganization()]);
  });
  afterAll(() => browser.close());

  const pageOf = ({ id }: TestLogin): string => `/cli/login?session=${id}`;

  /** Follows the device's link without a session, and signs in. */
  async function followed(login: TestLogin, person: Person): Promise<DashboardVisitor> {
    const visitor = await DashboardVisitor.open(browser, pageOf(login));
    await visitor.signIn(person);
    await visitor.page.getByText(login.userCode).waitFor();
    return visitor;
  }

  it('says what asks, from where and for what, before anything is approved', async () => {
    const login = await startLogin(
      { name: 'Deploy bot', device_name: 'Build 7', source: 'agent', scopes: ['projects:read'] },
      { headers: { 'user-agent': 'deploy-bot/1.4 (linux)' }, from: '203.0.113.9' },
    );
    const { page } = await followed(login, organization.owner);
    const facts = await page.locator('dl.facts-list > div').allInnerTexts();
    expect(facts.map((fact) => fact.split('\n').filter(Boolean)).slice(0, 5)).toEqual([
      ['Program', 'Deploy bot'],
      ['Source', 'An agent'],
      ['Device', 'Build 7'],
      ['Calls itself', 'deploy-bot/1.4 (linux)'],
      ['From address', '203.0.113.9'],
    ]);
    const scopes = page.getByRole('group', { name: 'Scopes' }).getByRole('checkbox');
    expect(await scopes.count()).toBe(1);
    expect(await scopes.and(page.getByLabel('projects:read')).isChecked()).toBe(true);
  });

  it('is approved by a member, as far as its scopes are his', async () => {
    const member = await organization.member('member');
    const login = await startLogin({ scopes: ['projects:read', 'api_keys:read'] });
    const visitor = await followed(login, member);
    const { page } = visitor;
    await page.getByLabel('Organization').selectOption({ value: organization.id });
    await visitor.press('Approve');
    const refusal = page.getByRole('alert');
    await refusal.getByText('Nobody can hand out more than he holds.').waitFor();
    await refusal.getByText(/api_keys:read/).waitFor();
    await page.getByRole('checkbox', { name: 'api_keys:read' }).uncheck();
    await visitor.press('Approve');
    await page.getByText('Approved. You can go back to your program.').waitFor();
    const { body } = await poll(login);
    const me = await call<{ principal: { scopes: string[] } }>('GET', '/v1/me', {
      headers: { 'x-api-key': String(body.plaintext_api_key) },
    });
    expect(me.body.principal.scopes).toEqual(['projects:read']);
    expect(unexpected(visitor)).toEqual([]);
  });

  it('asks for a fresh sign-in whatever the policy, and goes on after it', async () => {
    const { owner } = organization;
    const login = await startLogin();
    const visitor = await followed(login, owner);
    const { page } = visitor;
    await signedInAgo(owner.email, '11 minutes');
    await page.getByLabel('Organization').selectOption({ value: organization.id });
    await visitor.press('Approve');
    const refusal = page.getByRole('alert');
    await refusal.getByText('Your sign-in is too old for this. Sign in again first.').waitFor();
    await refusal.getByRole('link', { name: 'Sign in again' }).click();
    await visitor.heading('Sign in').waitFor();
    await visitor.signIn(owner);
    await page.getByText(login.userCode).waitFor();
    expect(page.url()).toContain(`/dashboard${pageOf(login)}`);
    await page.getByLabel('Organization').selectOption({ value: organization.id });
    await visitor.press('Approve');
    await page.getByText('Approved. You can go back to your program.').waitFor();
    expect((await poll(login)).body.state).toBe('completed');
    expect(unexpected(visitor)).toEqual([]);
  });

  it('is found by its code, and turned away', async () => {
    const login = await startLogin();
    const visitor = await DashboardVisitor.signedIn(browser, organization.owner);
    const { page } = visitor;
    await visitor.visit('/cli/login');
    await page.getByLabel('Code').fill(login.userCode.toLowerCase());
    await visitor.press('Continue');
    await page.getByText(login.userCode).waitFor();
    await visitor.press('Deny');
    await page.getByText('Denied. The program gets nothing.').waitFor();
    expect(outcomeOf(await poll(login))).toBe('410 device_login_denied');
    await page.reload();
    await page.getByText('Denied', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    expect(visitor.complaints).toEqual([]);
  });
});

it('leads to a fresh sign-in wherever one is asked for, and back to the dialog that was open', async () => {
  const browser = await TestBrowser.launch();
  try {
    const { owner, path, slug } = await newOrganization();
    await call('PATCH', path, {
      as: owner.session,
      body: { policy: { require_fresh_sign_in_minutes: { mode: 'enforced', value: 5 } } },
    });
    const visitor = await DashboardVisitor.signedIn(browser, owner);
    const { page, dialog } = visitor;
    await signedInAgo(owner.email, '6 minutes');
    await visitor.visit(`/orgs/${slug}/api-keys?dialog=create`);
    await dialog.getByLabel('Name', { exact: true }).fill('Late');
    await dialog.getByRole('checkbox', { name: 'projects:read', exact: true }).check();
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await dialog.getByRole('link', { name: 'Sign in again' }).click();
    await visitor.heading('Sign in').waitFor();
    await visitor.signIn(owner);
    await dialog.getByLabel('Name', { exact: true }).fill('Late');
    await dialog.getByRole('checkbox', { name: 'projects:read', exact: true }).check();
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    expect(await visitor.secret('API key')).toMatch(/^capy_live_/);
    await visitor.saved();
    await page.getByRole('row', { name: /Late/ }).waitFor();
    expect(unexpected(visitor)).toEqual([]);
  } finally {
    await browser.close();
  }
});
