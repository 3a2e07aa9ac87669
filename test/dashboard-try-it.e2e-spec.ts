import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TestBrowser } from './support/browser.js';
import { DashboardVisitor } from './support/dashboard.js';
import type { TestOrganization } from './support/keycap.js';
import { ask, newOrganization } from './support/keycap.js';
import { testVariable } from './support/servers.js';

const AWKWARD = String.raw`It's "one" \ of $HOME #1 ${'`'}x${'`'} 100%!`;

/** Of these methods curl says nothing. */
const IMPLIED = ['GET', 'POST'];

describe('a request that was put together', () => {
  let browser: TestBrowser;
  let organization: TestOrganization;
  let visitor: DashboardVisitor;

  beforeAll(async () => {
    [browser, organization] = await Promise.all([TestBrowser.launch(), newOrganization()]);
    visitor = await DashboardVisitor.signedIn(browser, organization.owner);
  });
  afterAll(async () => {
    await browser.close();
    expect(visitor.complaints).toEqual([]);
  });

  const request = () => visitor.page.getByLabel('Request', { exact: true });
  const language = () => visitor.page.getByLabel('Language');

  /** Opens an operation; all languages are there. @returns their names */
  async function languagesFor(operation: string): Promise<string[]> {
    await visitor.visit(`/orgs/${organization.slug}/try-it?operation=${operation}`);
    await language().locator('option').nth(34).waitFor({ state: 'attached' });
    return language().locator('option').allInnerTexts();
  }

  it.each([
    'listApiKeys',
    'createApiKey',
    'verifyMyEmail',
    'changeApiKey',
    'revokeApiKey',
    'deleteOrganization',
  ])('to %s is there in every language, with nothing of the generator left', async (operation) => {
    const { page } = visitor;
    const { host, port } = new URL(testVariable('KEYCAP_TEST_URL'));
    const languages = await languagesFor(operation);
    expect(languages.length).toBeGreaterThanOrEqual(32);
    const [method = '', target = ''] = (await page.locator('form p.mono').innerText()).split(' ');
    for (const name of languages) {
      await language().selectOption(name);
      const text = await request().innerText();
      expect([name, text.includes(host) || text.includes(port)]).toEqual([name, true]);
      expect([name, text.includes(target.slice(1))]).toEqual([name, true]);
      const isSaid = IMPLIED.includes(method) || text.toUpperCase().includes(method);
      expect([name, isSaid]).toEqual([name, true]);
      const left = /\.invalid|65535|KEYCAP[-_](?!TOKEN)|no-check-certificate/.exec(text);
      expect([name, left]).toEqual([name, null]);
    }
  });

  it('does as a program what it says, whatever the body holds, and names no credential', async () => {
    const { page } = visitor;
    const { plaintext } = await organization.apiKey({ scopes: ['api_keys:write', 'read'] });
    await languagesFor('createApiKey');
    await page.getByLabel('Send as').selectOption('An API key');
    await page.getByLabel('API key', { exact: true }).fill(plaintext);
    const wanted = ['JavaScript: Fetch', 'NodeJs: Native'];
    for (const name of wanted) {
      const body = JSON.stringify({ name: `${AWKWARD} ${name}`, scopes: ['read'] }, null, 2);
      await page.getByLabel('Body').fill(body);
      await language().selectOption(name);
      await visitor.press('Copy request');
      await visitor.announced('Request copied.');
      const program = String(await page.evaluate('navigator.clipboard.readText()'));
      expect(program).not.toContain(plaintext);
      const sent = program.replace('KEYCAP_API_KEY', plaintext);
      const { stdout } = await promisify(execFile)(process.execPath, ['--eval', sent]);
      expect(JSON.parse(stdout)).toMatchObject({ api_key: { name: `${AWKWARD} ${name}` } });
    }
    const { api_keys: keys } = await ask<{ api_keys: { name: string }[] }>(
      'GET',
      `${organization.path}/api-keys?sort=name`,
      { as: organization.owner.session },
    );
    expect(keys.map(({ name }) => name)).toEqual(
      expect.arrayContaining(wanted.map((name) => `${AWKWARD} ${name}`)),
    );
  });
});
