import { readFile } from 'node:fs/promises';
import { decodeId } from '../src/access/ids.js';
import { copyKey, createKey, readKey, uuidOfKey } from './support/api-keys.js';
import { TestBrowser } from './support/browser.js';
import { DashboardVisitor } from './support/dashboard.js';
import type { TestOrganization } from './support/keycap.js';
import { ask, inDatabase, newOrganization } from './support/keycap.js';

const organizationUuid = ({ id }: TestOrganization) => decodeId('organization', id);

describe('the list of API keys', () => {
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

  it('shows how much each key was used in 30 days', async () => {
    const { api_key: key } = await createKey(organization, { name: 'Much used' });
    await createKey(organization, { name: 'Not used' });
    await inDatabase(
      `INSERT INTO api_key_usage (key_id, day, outcome, uses, after_rotation)
       SELECT $1, (now() AT TIME ZONE 'UTC')::date - age, outcome, uses, 0
         FROM (VALUES (0, 'valid', 1200), (0, 'revoked', 5), (12, 'valid', 3),
                      (28, 'valid', 31), (40, 'valid', 700)) counted (age, outcome, uses)`,
      [uuidOfKey(key.id)],
    );
    await visitor.goTo('API keys');
    const { page } = visitor;
    const used = page.getByRole('row', { name: 'Much used' });
    const picture = used.getByRole('img', { name: 'Used 1234 times in 30 days.' });
    await picture.waitFor();
    // As small as a word beside it.
    expect((await picture.boundingBox())?.height).toBe(18);
    const bars = (await picture.locator('path').getAttribute('d')) ?? '';
    const places = bars.match(/M[\d.]+/g)?.map((place) => Number(place.slice(1)) / 3);
    expect(places).toEqual([1, 17, 29]);
    const unused = page.getByRole('row', { name: 'Not used' });
    expect(await unused.getByRole('img').count()).toBe(0);
  });

  /** The lines of the file that is exported of what the page lists. */
  async function exported(): Promise<string[]> {
    const [download] = await Promise.all([
      visitor.page.waitForEvent('download'),
      visitor.press('Export as CSV'),
    ]);
    expect(download.suggestedFilename()).toBe('api-keys.csv');
    await visitor.announced('The keys are exported.');
    return (await readFile(await download.path(), 'utf8')).split('\r\n');
  }

  it('is filtered by a scope, and exported as it is filtered, as text that nothing computes', async () => {
    const names = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '="a",2', 'A "plain" one'];
    const { api_key: key } = await createKey(organization, { scopes: ['audit:read'] });
    await copyKey(key.id, names.length);
    await inDatabase(
      `UPDATE api_keys SET name = ($2::text[])[substr(name, 6)::int]
        WHERE organization_id = $1 AND name LIKE 'Bulk %'`,
      [organizationUuid(organization), names],
    );
    await visitor.visit(`/orgs/${organization.slug}/api-keys`);
    await visitor.page.getByRole('combobox', { name: 'Scope' }).selectOption('audit:read');
    await visitor.page.locator(`table[aria-rowcount="${names.length + 2}"]`).waitFor();
    const [head, ...lines] = await exported();
    expect(head).toBe(
      'id,name,key_prefix,environment,source,project_id,created_by_user_id,created_at,last_used_at,expires_at,revoked_at,status,scopes,ip_allowlist',
    );
    const own = await readKey(organization, key.id);
    const line = (id: string, name: string) =>
      `${id},${name},${own.key_prefix},live,api,,${organization.owner.id},${own.created_at},,,,active,audit:read,`;
    const { api_keys: listed } = await ask<{ api_keys: { id: string; name: string }[] }>(
      'GET',
      `${organization.path}/api-keys?scope=audit:read`,
      { as: organization.owner.session },
    );
    const cells: Record<string, string> = {
      '=1+1': "'=1+1",
      '+1': "'+1",
      '-1': "'-1",
      '@SUM(A1)': "'@SUM(A1)",
      '\tx': "'\tx",
      '\rx': '"\'\rx"',
      '="a",2': `"'=""a"",2"`,
      'A "plain" one': '"A ""plain"" one"',
      CI: 'CI',
    };
    expect(lines).toEqual([...listed.map(({ id, name }) => line(id, cells[name] ?? '')), '']);
  });

  it('stays small on the page with ten thousand of them, and is exported whole', async () => {
    const many = await newOrganization();
    const { id } = await many.apiKey();
    await copyKey(id, 9_999);
    visitor = await DashboardVisitor.signedIn(browser, many.owner);
    await visitor.goTo('Overview');
    const { page } = visitor;
    // As many at once as the API answers: ten scrolls to the end instead of a hundred.
    await page.route(/[?&]limit=100(?!\d)/, (route) =>
      route.continue({ url: route.request().url().replace('limit=100', 'limit=1000') }),
    );
    await visitor.goTo('API keys');
    for (let loaded = 1_000; loaded <= 10_000; loaded += 1_000) {
      await page.locator(`table[aria-rowcount="${loaded + 1}"]`).waitFor();
      await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
      await page.locator(`tr[aria-rowindex="${loaded + 1}"]`).waitFor();
      expect(await page.locator('tbody tr').count()).toBeLessThan(60);
    }
    const lines = await exported();
    expect(lines).toHaveLength(10_002);
    expect(new Set(lines.map((line) => line.split(',')[0])).size).toBe(10_002);
  });
});
