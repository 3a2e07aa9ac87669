import type { Page } from 'playwright-core';
import { TestBrowser } from './support/browser.js';
import type { TestOrganization } from './support/keycap.js';
import { call, newOrganization } from './support/keycap.js';
import { startServer, testVariable } from './support/servers.js';

const PAGES = ['/docs', '/docs/', '/api/v3/public/docs', '/api/v3/public/docs/'];

describe.each(PAGES)('%s', (path) => {
  it('is a page whose every file comes from beside it', async () => {
    const { status, headers, text } = await call('GET', path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    const files = [...text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, file = '']) => file);
    expect(files.map((file) => file.slice(0, file.lastIndexOf('/') + 1))).toEqual(
      Array.from({ length: 4 }, () => `${path.replace(/\/$/, '')}/`),
    );
    const answers = await Promise.all(files.map((file) => call('GET', file)));
    expect(answers.map((answer) => [answer.status, answer.headers.get('content-type')])).toEqual([
      [200, 'image/png'],
      [200, 'text/css; charset=utf-8'],
      [200, 'text/javascript; charset=utf-8'],
      [200, 'text/javascript; charset=utf-8'],
    ]);
  });

  it('S26: shows nothing else, whatever its address asks for', async () => {
    const elsewhere = 'https://evil.example/openapi.json';
    const plain = await call('GET', path);
    const asked = await call('GET', `${path}?url=${elsewhere}&configUrl=${elsewhere}`);
    expect(asked.text).toBe(plain.text);
    expect(plain.headers.get('content-security-policy')).toContain("connect-src 'self'");
  });
});

it('answers unknown files and wrong methods in the dialect of their path', async () => {
  const ofKeyo = await call<object>('GET', '/api/v3/public/docs/nothing.js');
  expect([ofKeyo.status, ofKeyo.body]).toEqual([404, { detail: 'Not found.' }]);
  const unknown = await call('GET', '/docs/constructor');
  expect([unknown.status, unknown.body.code]).toEqual([404, 'not_found']);
  const wrong = await call('POST', '/docs');
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

it('S26: is gone with KEYCAP_SWAGGER_UI=0; tools still get the description', async () => {
  const server = await startServer({ env: { KEYCAP_SWAGGER_UI: '0' } });
  try {
    const { url } = server;
    const gone = [...PAGES, '/docs/start.js', '/api/v3/public/docs/openapi.json', '/docs-json'];
    const answers = await Promise.all(gone.map((path) => call<object>('GET', path, { url })));
    expect(answers.map(({ status }) => status)).toEqual(gone.map(() => 404));
    expect(answers[0]!.body).toMatchObject({ error: 'not found', code: 'not_found' });
    expect(answers[2]!.body).toEqual({ detail: 'Not found.' });
    expect((await call('GET', '/openapi.json', { url })).status).toBe(200);
  } finally {
    await server.stop();
  }
});

describe('a visitor', () => {
  let browser: TestBrowser;
  let organization: TestOrganization;

  beforeAll(async () => {
    [browser, organization] = await Promise.all([TestBrowser.launch(), newOrganization()]);
  });
  afterAll(() => browser.close());

  /** The page of the shared server, and a test that nothing went wrong in it. */
  async function open(path: string): Promise<{ page: Page; complaints: string[] }> {
    const opened = await browser.open(testVariable('KEYCAP_TEST_URL') + path);
    await opened.page.locator('.opblock-summary').first().waitFor();
    return opened;
  }

  /** Fills a scheme of the Authorize dialog. */
  async function authorize(page: Page, scheme: RegExp, values: readonly string[]): Promise<void> {
    await page.locator('.auth-wrapper button.authorize').click();
    const form = page.locator('.auth-container', {
      has: page.locator('h4', { hasText: scheme }),
    });
    const fields = form.locator('input[type="text"], input[type="password"]');
    for (const [index, value] of values.entries()) await fields.nth(index).fill(value);
    await form.locator('button[type="submit"], button.authorize').first().click();
    await form.locator('button', { hasText: 'Logout' }).waitFor();
    await page.locator('.close-modal').click();
  }

  /** Executes an operation. @returns the status and the text that the page shows */
  async function execute(
    page: Page,
    id: string,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<{ status: string; text: string; curl: string }> {
    const block = page.locator(`.opblock[id$="-${id}"]`);
    if (!((await block.getAttribute('class')) ?? '').includes('is-open')) {
      await block.locator('.opblock-summary-control').click();
    }
    for (const [name, value] of Object.entries(parameters)) {
      await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
    }
    await block.locator('button.execute').click();
    const live = block.locator('.live-responses-table .response');
    await live.waitFor();
    return {
      status: await live.locator('.response-col_status').innerText(),
      text: await live.locator('.response-col_description').innerText(),
      curl: await block.locator('.curl-command .curl').innerText(),
    };
  }

  it('calls with a session, an API key and a client, all authorized at once', async () => {
    const { page, complaints } = await open('/docs');
    const { id, secret } = await organization.client({ scopes: ['read'] });
    const { plaintext } = await organization.apiKey();
    await authorize(page, /^session\s/, [organization.owner.session]);
    await authorize(page, /^api_key\s/, [plaintext]);
    await authorize(page, /^client\s/, [id, secret]);

    const own = await execute(page, 'listOrganizations');
    expect([own.status, own.text]).toEqual(['200', expect.stringContaining(organization.id)]);
    const members = await execute(page, 'listMembers', { orgID: organization.id });
    expect([members.status, members.text]).toEqual([
      '200',
      expect.stringContaining(organization.owner.email),
    ]);
    const token = await execute(page, 'issueToken');
    expect([token.status, token.text]).toEqual(['200', expect.stringContaining('"Bearer"')]);
    expect(complaints).toEqual([]);
  });

  it('calls with an API key alone', async () => {
    const { page, complaints } = await open('/docs');
    const { plaintext } = await organization.apiKey();
    await authorize(page, /^api_key\s/, [plaintext]);
    const { status, curl } = await execute(page, 'getOrganization', { orgID: organization.id });
    expect([status, curl]).toEqual(['200', expect.stringContaining(`X-API-Key: ${plaintext}`)]);
    expect(complaints).toEqual([]);
  });

  it("gets a token with client id and secret on Keyo's page, and calls its API", async () => {
    const { page, complaints } = await open('/api/v3/public/docs/');
    expect(await page.locator('.opblock-tag').count()).toBe(2);
    const { id, secret } = await organization.client({ scopes: ['read'] });
    await authorize(page, /^access_token\s/, [id, secret]);
    const members = await execute(page, 'keyoListMembers', { orgID: organization.id });
    expect([members.status, members.text]).toEqual([
      '200',
      expect.stringContaining('"previous": null'),
    ]);
    expect(complaints).toEqual([]);
  });

  it('calls with a token that he has, under another name of the server', async () => {
    const url = testVariable('KEYCAP_TEST_URL').replace('127.0.0.1', 'localhost');
    const { page, complaints } = await browser.open(`${url}/api/v3/public/docs`);
    await authorize(page, /^bearer\s/, [await organization.token(['read'])]);
    const { status, text } = await execute(page, 'keyoListOrganizations');
    expect([status, text]).toEqual(['200', expect.stringContaining(organization.id)]);
    expect(complaints).toEqual([]);
  });

  it('creates something with the body that the page proposes', async () => {
    const { page, complaints } = await open('/docs');
    await authorize(page, /^session\s/, [organization.owner.session]);
    const orgID = organization.id;
    const { status, text } = await execute(page, 'createApiKey', { orgID });
    expect([status, text]).toEqual(['201', expect.stringContaining('plaintext_api_key')]);
    expect(complaints).toEqual([]);
  });
});
