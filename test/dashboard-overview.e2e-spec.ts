import { TestBrowser } from './support/browser.js';
import { DashboardVisitor } from './support/dashboard.js';
import { invite, revoke } from './support/invitations.js';
import type { TestOrganization } from './support/keycap.js';
import { inDatabase, newOrganization } from './support/keycap.js';

describe('how an organization is doing', () => {
  let browser: TestBrowser;
  let organization: TestOrganization;
  let visitor: DashboardVisitor;

  beforeAll(async () => {
    [browser, organization] = await Promise.all([TestBrowser.launch(), newOrganization()]);
    visitor = await DashboardVisitor.signedIn(browser, organization.owner);
  });
  afterAll(() => browser.close());

  const place = (page: string): string => `/orgs/${organization.slug}/${page}`;

  it('is counted once for all that shows it, tokens for today and yesterday', async () => {
    const { page } = visitor;
    const { id: client } = await organization.client();
    await organization.member('member');
    await inDatabase(
      `INSERT INTO oauth_client_usage (client_id, day, tokens_issued)
       SELECT $1, (now() AT TIME ZONE 'UTC')::date - age, tokens
         FROM (VALUES (0, 3), (1, 40), (2, 500)) issued (age, tokens)`,
      [client],
    );
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await visitor.visit(place('overview'));
    const figures = {
      Members: '2',
      'Active API keys': '0',
      'OAuth clients': '1',
      'Tokens issued since yesterday, 00:00 UTC': '43',
    };
    for (const [name, value] of Object.entries(figures)) {
      const figure = page
        .locator('main div')
        .filter({ has: page.getByRole('heading', { name, exact: true, level: 2 }) })
        .last();
      await figure.getByText(value, { exact: true }).waitFor();
    }
    await page.waitForLoadState('networkidle');
    const lists = asked.map((url) => new URL(url).pathname).filter((path) => path.endsWith('s'));
    expect(lists.filter((path) => path.endsWith('/oauth-clients'))).toHaveLength(1);
    expect(lists.filter((path) => path.endsWith('/members'))).toHaveLength(1);
  });

  it('is a table for who would rather read numbers', async () => {
    const { page } = visitor;
    await visitor.visit(place('overview'));
    const chart = page.getByRole('figure').filter({ hasText: 'Tokens issued in 30 days' });
    await chart.getByRole('button', { name: 'Show table' }).click();
    const rows = chart.getByRole('row');
    expect(await rows.first().innerText()).toMatch(/Day\s+Test/);
    const numbers = await rows.getByRole('cell').allInnerTexts();
    expect(numbers).toHaveLength(30);
    expect(numbers.slice(-4)).toEqual(['0', '500', '40', '3']);
    await chart.getByRole('button', { name: 'Show chart' }).click();
    await chart.getByRole('img').waitFor();
  });

  it('counts an open invitation as somebody invited, and one that was withdrawn as nobody', async () => {
    const other = await newOrganization();
    const visiting = await DashboardVisitor.signedIn(browser, other.owner);
    const step = visiting.page.getByRole('listitem').filter({ hasText: 'Invite a teammate' });
    const { id } = await invite(other);
    await visiting.visit(`/orgs/${other.slug}/get-started`);
    await step.getByRole('img', { name: 'Done', exact: true }).waitFor();
    expect((await revoke(other, id)).status).toBe(200);
    await visiting.page.reload();
    await step.getByRole('img', { name: 'Not done yet' }).waitFor();
    await visiting.page.waitForLoadState('networkidle');
    expect(await step.getByRole('img', { name: 'Done', exact: true }).count()).toBe(0);
    expect(visiting.complaints).toEqual([]);
  });

  it('is told with a request id where the server refuses a list, and asked again on demand', async () => {
    const { page } = visitor;
    const refused = () =>
      page.waitForResponse((response) => /\/v1\/.*role=boss/.test(response.url()));
    const [first] = await Promise.all([refused(), visitor.visit(place('members?role=boss'))]);
    const shown = page.getByRole('alert').getByRole('code');
    expect(await shown.innerText()).toBe(first.headers()['x-request-id']);
    const [second] = await Promise.all([refused(), visitor.press('Try again')]);
    const { 'x-request-id': id = '' } = second.headers();
    await shown.getByText(id).waitFor();
    expect(second.status()).toBe(400);
  });
});
