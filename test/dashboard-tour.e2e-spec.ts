import { TestBrowser } from './support/browser.js';
import { DashboardVisitor } from './support/dashboard.js';
import type { TestServer } from './support/servers.js';
import { startServer } from './support/servers.js';
import { until } from './support/until.js';

const OWNER = { email: 'ada@keycap.test', password: 'a long enough passphrase' };

/** One who has never seen it, with nothing but the link that the start has printed. */
describe('the first five minutes', () => {
  let browser: TestBrowser;
  let server: TestServer;
  let ada: DashboardVisitor;

  beforeAll(async () => {
    [browser, server] = await Promise.all([TestBrowser.launch(), startServer()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  const ask = (path: string, headers: Record<string, string>) =>
    fetch(server.url + path, { headers });

  it('begin with the printed link, out of which the token goes at once', async () => {
    const { url, setupToken } = server;
    expect(server.log()).toContain(`${url}/dashboard/setup#token=${String(setupToken)}`);
    ada = await DashboardVisitor.open(browser, `/setup#token=${String(setupToken)}`, { url });
    const { page } = ada;
    await ada.heading('Set up Keycap').waitFor();
    expect(page.url()).toBe(`${url}/dashboard/setup`);
    await page.getByLabel('Organization name').fill('Acme');
    await page.getByLabel('Your name').fill('Ada');
    await page.getByLabel('Email').fill(OWNER.email);
    await page.getByLabel('Password', { exact: true }).fill('short');
    await ada.press('Set up');
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
    await ada.press('Set up');
    await ada.heading('Get started').waitFor();
    expect(await page.getByRole('img', { name: 'Not done yet' }).count()).toBe(4);
  });

  it('go on to a token by the base64 credential', async () => {
    const { page, dialog } = ada;
    await ada.press('Create OAuth client');
    await dialog.getByLabel('Name', { exact: true }).fill('Nightly sync');
    expect(await dialog.getByRole('checkbox', { name: 'read', exact: true }).isChecked()).toBe(
      true,
    );
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    const basic = await ada.secret('Basic credential (base64)');
    const pair = `${await ada.secret('Client ID')}:${await ada.secret('Client secret')}`;
    expect(Buffer.from(basic, 'base64').toString()).toBe(pair);
    await dialog.getByRole('button', { name: 'Send a test request' }).click();
    await page.getByText('It works: the server answered 200').waitFor();
    expect(await dialog.getByLabel('Answer', { exact: true }).innerText()).toContain(
      '"access_token"',
    );
    const answer = await fetch(`${server.url}/o/token/`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${basic}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    expect(answer.status).toBe(200);
    await ada.saved();
    await page.getByRole('button', { name: 'Nightly sync', exact: true }).waitFor();
  });

  let key: string;

  it('to an API key that works', async () => {
    const { dialog } = ada;
    await ada.goTo('API keys');
    await ada.page.getByRole('button', { name: 'Create API key' }).first().click();
    await dialog.getByLabel('Name', { exact: true }).fill('Backup');
    await dialog.getByRole('checkbox', { name: 'projects:read', exact: true }).check();
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    key = await ada.secret('API key');
    await dialog.getByRole('button', { name: 'Send a test request' }).click();
    await ada.page.getByText('It works: the server answered 200').waitFor();
    expect((await ask('/v1/me', { 'x-api-key': key })).status).toBe(200);
    await ada.saved();
  });

  it('to an invitation that somebody accepts', async () => {
    const { dialog } = ada;
    await ada.goTo('Members');
    await ada.press('Invite');
    await dialog.getByLabel('Email').fill('grace@keycap.test');
    await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
    const link = await ada.secret('Invitation link');
    await ada.saved();
    await ada.page.getByText('grace@keycap.test').first().waitFor();

    const { url } = server;
    const grace = await DashboardVisitor.open(browser, link.slice(`${url}/dashboard`.length), {
      url,
    });
    await grace.heading('Join Acme').waitFor();
    expect(grace.page.url()).toBe(`${url}/dashboard/accept-invitation`);
    await grace.page.getByLabel('Your name').fill('Grace');
    await grace.page.getByLabel('Password', { exact: true }).fill('another long passphrase');
    await grace.press('Accept');
    await grace.heading('Overview').waitFor();
    // She is told whom to ask, since her role does not show her that.
    await grace.page.getByRole('link', { name: `Ada (${OWNER.email})` }).waitFor();

    await ada.goTo('Members');
    await ada.page.getByText('Grace', { exact: true }).waitFor();
    // Before she had a session the page had asked whose it was.
    expect(grace.complaints.filter((complaint) => !complaint.includes('40'))).toEqual([]);
  });

  it('and to a key that is revoked', async () => {
    await ada.goTo('API keys');
    // Uses are gathered for some seconds before they are written.
    await until('the use is known', async () => {
      await ada.page.reload();
      const row = ada.page.getByRole('row', { name: /Backup/ });
      await row.waitFor();
      return (await row.getByText('this minute').count()) > 0;
    });
    await ada.choose('Backup', 'Revoke');
    await ada.dialog.getByText(/^Last used .* from 127\.0\.0\.1\./).waitFor();
    await ada.dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await ada.announced('Backup is revoked.');
    expect((await ask('/v1/me', { 'x-api-key': key })).status).toBe(401);
  });

  it('and nothing is left to do, nothing went wrong on the way', async () => {
    await ada.goTo('Get started');
    await ada.page.getByRole('img', { name: 'Done', exact: true }).nth(2).waitFor();
    // The key is revoked, so that step is open again.
    expect(await ada.page.getByRole('img', { name: 'Not done yet', exact: true }).count()).toBe(1);
    // The password that was too short.
    expect(ada.complaints.filter((complaint) => !complaint.includes('400'))).toEqual([]);
  });
});
