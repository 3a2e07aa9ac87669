import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { TestBrowser } from './support/browser.js';
import { DashboardVisitor } from './support/dashboard.js';
import type { TestOrganization } from './support/keycap.js';
import { ask, newOrganization } from './support/keycap.js';
import { testVariable } from './support/servers.js';

/** Runs where it is taken for HTML, in an attribute, or for a script. */
const PROBE = `"'><img src=x onerror="globalThis.probed=1"><svg/onload=globalThis.probed=1>`;

/** Whatever the browser keeps beyond the page. */
function kept(page: Page): Promise<string> {
  return page.evaluate(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state, location.href])',
  );
}

describe('a secret in the dashboard', () => {
  let browser: TestBrowser;
  let organization: TestOrganization;
  let visitor: DashboardVisitor;

  beforeAll(async () => {
    [browser, organization] = await Promise.all([TestBrowser.launch(), newOrganization()]);
    visitor = await DashboardVisitor.signedIn(browser, organization.owner);
  });
  afterAll(() => browser.close());

  /** Makes a client; its secret is on the screen. */
  async function createClient(name: string): Promise<void> {
    const { dialog } = visitor;
    await visitor.goTo('OAuth clients');
    await visitor.page.getByRole('button', { name: 'Create OAuth client' }).first().click();
    await dialog.getByLabel('Name', { exact: true }).fill(name);
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await dialog.getByLabel('Client secret', { exact: true }).waitFor();
  }

  it('S24: is in no storage, address or history, and gone once it is put away', async () => {
    const { page, dialog } = visitor;
    await createClient('Unstored');
    const secret = await visitor.secret('Client secret');
    const basic = await visitor.secret('Basic credential (base64)');
    const [test] = await Promise.all([
      page.waitForRequest('**/o/token/'),
      dialog.getByRole('button', { name: 'Send a test request' }).click(),
    ]);
    // As the credential's owner sends it, who has no session.
    expect((await test.allHeaders()).cookie).toBeUndefined();
    await page.getByText('It works: the server answered 200').waitFor();
    const before = await kept(page);
    expect([before.includes(secret), before.includes(basic)]).toEqual([false, false]);
    expect(before.startsWith('[{},{},')).toBe(true);
    await visitor.saved();
    const after = await page.content();
    expect([after.includes(secret), after.includes(basic)]).toEqual([false, false]);
    await page.reload();
    await visitor.heading('OAuth clients').waitFor();
    expect((await page.content()).includes(secret)).toBe(false);
  });

  it('is not lost by Escape, by a click beside it or by Back before it was copied', async () => {
    const { page, dialog } = visitor;
    await createClient('Unlost');
    const secret = await visitor.secret('Client secret');
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    await page.evaluate('history.back()');
    expect(await dialog.getByRole('button', { name: 'Close' }).count()).toBe(0);
    expect(await visitor.secret('Client secret')).toBe(secret);
    await dialog.getByRole('button', { name: 'Copy Client secret' }).click();
    await visitor.announced('Client secret copied.');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(secret);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('is not lost by leaving while it is being made', async () => {
    const { page, dialog } = visitor;
    await visitor.goTo('Overview');
    await visitor.goTo('API keys');
    await page.getByRole('button', { name: 'Create API key' }).first().click();
    await dialog.getByLabel('Name', { exact: true }).fill('Patient');
    await dialog.getByRole('checkbox', { name: 'backups:read' }).check();
    const { asked, release } = await visitor.hold('**/api-keys', 'POST');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await asked;
    await visitor.tryToLeave(2);
    release();
    expect(await visitor.secret('API key')).toMatch(/^capy_live_/);
    await page.waitForLoadState('networkidle');
    expect(await visitor.secret('API key')).toMatch(/^capy_live_/);
    expect(page.url()).toContain('/api-keys');
    await visitor.saved();
    await dialog.waitFor({ state: 'detached' });
    await visitor.goTo('Overview');
  });

  it('is masked in every language until asked for, and whole when copied', async () => {
    const { page, dialog } = visitor;
    await createClient('Spoken');
    const basic = await visitor.secret('Basic credential (base64)');
    const request = dialog.getByLabel('Request', { exact: true });
    const origin = testVariable('KEYCAP_TEST_URL');
    const documented = `curl -X POST -H "Authorization: Basic ${basic}" -H "Cache-Control: no-cache" \\
     -H "Content-Type: application/x-www-form-urlencoded" \\
     "${origin}/o/token/" -d "grant_type=client_credentials"`;
    await dialog.getByRole('button', { name: 'Copy request' }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(documented);

    const choice = dialog.getByLabel('Language');
    const languages = await choice.locator('option').allInnerTexts();
    expect(languages.length).toBeGreaterThanOrEqual(31);
    const { host } = new URL(origin);
    for (const language of languages) {
      await choice.selectOption(language);
      const masked = await request.innerText();
      expect([language, masked.includes(basic), masked.includes('••••')]).toEqual([
        language,
        false,
        true,
      ]);
      expect(masked.includes(host) || masked.includes(new URL(origin).port)).toBe(true);
      expect(masked).not.toMatch(/\.invalid|65535|KEYCAP_BASIC/);
    }
    await dialog.getByRole('button', { name: 'Show secret' }).click();
    expect(await request.innerText()).toContain(basic);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Download .env' }).click(),
    ]);
    const file = await readFile(await download.path(), 'utf8');
    expect(file).toBe(
      `KEYCAP_CLIENT_ID=${await visitor.secret('Client ID')}\n` +
        `KEYCAP_CLIENT_SECRET=${await visitor.secret('Client secret')}\n` +
        `KEYCAP_BASIC_CREDENTIAL=${basic}\n`,
    );
    await visitor.saved();
  });

  it('S24: A81: leaves nothing behind after signing out', async () => {
    const { page } = visitor;
    await visitor.goTo('API keys');
    await visitor.press('Account');
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await visitor.heading('Sign in').waitFor();
    await page.goBack();
    await visitor.heading('Sign in').waitFor();
    expect(await page.getByText('capy_live_').count()).toBe(0);
    // Who is signed in was asked, and nobody was.
    expect(visitor.complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
  });
});

describe('what others have written', () => {
  let browser: TestBrowser;

  beforeAll(async () => {
    browser = await TestBrowser.launch();
  });
  afterAll(() => browser.close());

  it('S23: runs nowhere, in whatever field it is', async () => {
    const organization = await newOrganization();
    const { path, owner } = organization;
    const as = owner.session;
    const made = <T>(where: string, body: object) =>
      ask<T>('POST', where, { as, body, expect: 201 });
    await ask('PATCH', path, { as, body: { name: PROBE, metadata: { note: PROBE } } });
    await ask('PATCH', '/v1/users/me', { as, body: { name: PROBE } });
    await made('/v1/projects', { organization_id: organization.id, name: PROBE });
    const { api_key: key } = await made<{ api_key: { id: string } }>(`${path}/api-keys`, {
      name: PROBE,
      scopes: ['read'],
      device_name: PROBE,
      metadata: { note: PROBE },
    });
    const { oauth_client: client } = await made<{ oauth_client: { client_id: string } }>(
      `${path}/oauth-clients`,
      { name: PROBE },
    );
    await made(`${path}/oauth-clients/${client.client_id}/secrets`, { label: PROBE });
    const { session_id: login } = await made<{ session_id: string }>('/v1/cli/login/sessions', {
      name: PROBE,
      device_name: PROBE,
    });

    const visitor = await DashboardVisitor.signedIn(browser, owner);
    const { page } = visitor;
    const places = [
      'overview',
      'members',
      'invitations',
      'projects',
      'audit',
      'settings',
      'api-keys',
      'api-keys?dialog=create',
      ...['details', 'rotate', 'revoke'].map((name) => `api-keys?dialog=${name}&of=${key.id}`),
      ...['secrets', 'rotate', 'delete', 'credential', 'revoke-tokens'].map(
        (name) => `oauth-clients?dialog=${name}&of=${client.client_id}`,
      ),
    ].map((place) => `/orgs/${organization.slug}/${place}`);
    for (const place of [...places, '/profile', `/cli/login?session=${login}`]) {
      await visitor.visit(place);
      await page.getByRole('heading', { level: 1, includeHidden: true }).waitFor();
      await page.waitForLoadState('networkidle');
      // It is there as a text: in the page, or in a field.
      const html = await page.content();
      const isShown = html.includes('onerror=') || html.includes('Profile');
      expect([place, isShown, await page.evaluate('globalThis.probed')]).toEqual([
        place,
        true,
        undefined,
      ]);
    }
    expect(visitor.complaints).toEqual([]);
  });

  it.each(['//evil.example/', 'https://evil.example/', '/dashboard/../v1/me', 'javascript:1'])(
    'leads nobody from the sign-in to %s',
    async (next) => {
      const { owner } = await newOrganization();
      const visitor = await DashboardVisitor.open(
        browser,
        `/sign-in?next=${encodeURIComponent(next)}`,
      );
      const { page } = visitor;
      await page.getByLabel('Email').fill(owner.email);
      await page.getByLabel('Password', { exact: true }).fill(owner.password);
      await visitor.press('Sign in');
      await visitor.heading('Overview').waitFor();
      expect(page.url().startsWith(`${testVariable('KEYCAP_TEST_URL')}/dashboard/orgs/`)).toBe(
        true,
      );
    },
  );

  it('but to where one wanted to go', async () => {
    const { owner, slug } = await newOrganization();
    const wanted = `/orgs/${slug}/api-keys?status=active`;
    const visitor = await DashboardVisitor.open(browser, wanted);
    const { page } = visitor;
    await page.getByLabel('Email').fill(owner.email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await visitor.press('Sign in');
    await page.getByRole('alert').getByText('E-mail or password is wrong.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(owner.password);
    await visitor.press('Sign in');
    await visitor.heading('API keys').waitFor();
    expect(page.url()).toBe(`${testVariable('KEYCAP_TEST_URL')}/dashboard${wanted}`);
  });
});
