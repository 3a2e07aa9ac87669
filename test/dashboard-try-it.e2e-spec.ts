import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TestBrowser } from './support/browser.js';
import { DashboardVisitor } from './support/dashboard.js';
import { startLogin } from './support/device-logins.js';
import { invite } from './support/invitations.js';
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
    'keyoReplaceMember',
    'lookUpInvitation',
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
      const left = /\.invalid|65535|KEYCAP[-_](?!TOKEN|API_KEY)|no-check-certificate/.exec(text);
      expect([name, left]).toEqual([name, null]);
    }
  });

  const answered = async (status: string): Promise<string> => {
    await visitor.press('Send');
    await visitor.page.getByText(`The server answered ${status}`).waitFor();
    return visitor.page.getByLabel('Answer', { exact: true }).innerText();
  };
  const open = async (operation: string): Promise<void> => {
    await visitor.visit(`/orgs/${organization.slug}/try-it?operation=${operation}`);
    await visitor.page.getByRole('button', { name: 'Send', exact: true }).waitFor();
  };

  it.each([
    ['createApiKey', { name: 'CI deploys', scopes: ['credentials:read'] }],
    ['createOAuthClient', { name: 'Nightly sync' }],
    ['createInvitation', { email: 'grace@example.com', role: 'admin' }],
  ])(
    'to %s begins with the least that its body needs, which is sent as it is',
    async (name, least) => {
      await open(name);
      const body = visitor.page.getByLabel('Body');
      expect(JSON.parse(await body.inputValue())).toEqual(least);
      expect(await answered('201')).toContain(Object.values(least)[0]);
    },
  );

  it("goes to Keyo's API as a key or as a client, which fetches a token first", async () => {
    const { page } = visitor;
    const wanted = { scopes: ['members:read'] };
    const [{ plaintext }, { basicCredential }] = await Promise.all([
      organization.apiKey(wanted),
      organization.client(wanted),
    ]);
    await open('keyoListMembers');
    const callers = page.getByLabel('Send as');
    expect(await callers.locator('option').allInnerTexts()).toEqual([
      'An API key',
      'An OAuth client',
    ]);
    await page.getByLabel('API key', { exact: true }).fill(plaintext);
    expect(await answered('200')).toContain(organization.owner.email);
    await callers.selectOption('An OAuth client');
    await page.getByLabel('Basic credential (base64)').fill(basicCredential);
    expect(await answered('200')).toContain(organization.owner.email);
  });

  it('has the headers that it needs, and as a program names none of their tokens', async () => {
    const { page } = visitor;
    const { email, token } = await invite(organization);
    await open('lookUpInvitation');
    await page.getByLabel('X-Invitation-Token').fill(token);
    for (const name of ['curl', 'JavaScript: Fetch']) {
      await language().selectOption(name);
      const program = await request().innerText();
      expect(program).toMatch(/X-Invitation-Token[":, $]+KEYCAP_TOKEN/);
      expect(program).not.toContain(token);
    }
    expect(await answered('200')).toContain(email);
    await open('pollDeviceLogin');
    const login = await startLogin();
    await page.getByLabel('loginID').fill(login.id);
    await page.getByLabel('X-Keycap-Poll-Token').fill(login.pollToken);
    expect(await answered('200')).toContain('pending');
  });

  it('is none that can succeed for nobody here', async () => {
    await open('listMembers');
    const offered = await visitor.page.getByLabel('Operation').locator('option').allInnerTexts();
    const impossible = /\(POST \/v1\/(?:oauth\/token\/|setup|integrations\/.*)\)/;
    expect(offered.filter((name) => impossible.test(name))).toEqual([]);
    expect(offered.length).toBeGreaterThan(60);
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
