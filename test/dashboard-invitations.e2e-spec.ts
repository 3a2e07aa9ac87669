import { readFile } from 'node:fs/promises';
import { TestBrowser } from './support/browser.js';
import { DashboardVisitor } from './support/dashboard.js';
import { invite, lookUp, newEmail, outcomeOf, tokenIn } from './support/invitations.js';
import type { TestOrganization } from './support/keycap.js';
import { inDatabase, newOrganization } from './support/keycap.js';

describe('the links of invitations', () => {
  let browser: TestBrowser;
  let organization: TestOrganization;
  let visitor: DashboardVisitor;

  beforeAll(async () => {
    [browser, organization] = await Promise.all([TestBrowser.launch(), newOrganization()]);
    visitor = await DashboardVisitor.signedIn(browser, organization.owner);
  });
  beforeEach(async () => {
    // There is somewhere to go back to.
    await visitor.visit(`/orgs/${organization.slug}/overview`);
    await visitor.goTo('Invitations');
  });
  afterAll(async () => {
    await browser.close();
    // Of the sending that is cut off below.
    expect(visitor.complaints.filter((complaint) => !complaint.includes('ERR_FAILED'))).toEqual([]);
  });

  const isGood = async (link: string): Promise<boolean> =>
    (await lookUp(tokenIn(link))).status === 200;

  async function download(): Promise<string> {
    const [file] = await Promise.all([
      visitor.page.waitForEvent('download'),
      visitor.dialog.getByRole('button', { name: 'Download results with links' }).click(),
    ]);
    return readFile(await file.path(), 'utf8');
  }

  it('of one is not lost by leaving, neither while it is made nor before it was copied', async () => {
    const { dialog } = visitor;
    const email = newEmail();
    await visitor.page.getByRole('button', { name: 'Invite', exact: true }).first().click();
    await dialog.getByLabel('Email').fill(email);
    const { asked, release } = await visitor.hold('**/invitations', 'POST');
    await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
    await asked;
    await visitor.tryToLeave();
    release();
    const link = await visitor.secret('Invitation link');
    await visitor.tryToLeave();
    expect(await visitor.secret('Invitation link')).toBe(link);
    expect(await isGood(link)).toBe(true);
    await visitor.saved();
    await visitor.page.getByRole('row', { name: email }).waitFor();
  });

  it('of one that is sent again is not lost, even where its row goes away meanwhile', async () => {
    const { page } = visitor;
    const { email, token } = await invite(organization);
    await inDatabase(
      `UPDATE invitations SET expires_at = now() - interval '1 minute' WHERE email = $1`,
      [email],
    );
    await page.getByLabel('Status').selectOption('Expired');
    await page.getByRole('row', { name: email }).waitFor();
    const { asked, release } = await visitor.hold('**/resend', 'POST');
    await visitor.choose(email, 'Resend with a new link');
    await asked;
    await visitor.tryToLeave();
    release();
    const link = await visitor.secret('Invitation link');
    // What has expired is pending again.
    await page.getByText('Nothing found').waitFor();
    await visitor.tryToLeave();
    expect(await visitor.secret('Invitation link')).toBe(link);
    expect([await isGood(link), outcomeOf(await lookUp(token))]).toEqual([true, '404 not_found']);
    await visitor.saved();
  });

  it('of many are not lost by leaving, neither while they are made nor before they are downloaded', async () => {
    const { dialog } = visitor;
    const emails = [newEmail(), newEmail()];
    await visitor.press('Invite many');
    await dialog.getByLabel('E-mail addresses').fill(emails.join('\n'));
    const { asked, release } = await visitor.hold('**/invitations/batch', 'POST');
    await dialog.getByRole('button', { name: 'Invite 2 people' }).click();
    await asked;
    await visitor.tryToLeave();
    release();
    await visitor.announced('2 people are invited.');
    await visitor.tryToLeave();
    const lines = (await download()).trim().split('\r\n');
    expect(lines.map((line) => line.split(',').slice(0, 2))).toEqual([
      ['email', 'status'],
      ...emails.map((email) => [email, 'created']),
    ]);
    expect(await Promise.all(lines.slice(1).map(isGood))).toEqual([true, true]);
    await visitor.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('of many are all there where the sending was cut off and went on', async () => {
    const { dialog, page } = visitor;
    const emails = Array.from({ length: 27 }, newEmail);
    await visitor.press('Invite many');
    await dialog.getByLabel('E-mail addresses').fill(emails.join('\n'));
    let batches = 0;
    await page.route('**/invitations/batch', async (route) => {
      batches += 1;
      await (batches === 2 ? route.abort() : route.continue());
    });
    await dialog.getByRole('button', { name: 'Invite 27 people' }).click();
    await dialog.getByText('The server does not answer.', { exact: false }).waitFor();
    await dialog.getByRole('button', { name: 'Invite 2 people' }).click();
    await visitor.announced('2 people are invited.');
    const lines = (await download()).trim().split('\r\n').slice(1);
    expect(lines.map((line) => line.split(',')[0])).toEqual(emails);
    expect(await isGood(lines[0] ?? '')).toBe(true);
    await page.unroute('**/invitations/batch');
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
    await dialog.waitFor({ state: 'detached' });
  });

  it('go to people of a CSV file, with the roles that it names in any case', async () => {
    const { dialog, page } = visitor;
    const [admin, member, stranger] = [newEmail(), newEmail(), newEmail()];
    await visitor.press('Invite many');
    await dialog.locator('input[type="file"]').setInputFiles({
      name: 'people.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        `\uFEFFEmail,Role\r\n"${admin}","Admin"\r\n${member},MEMBER\r\n${stranger},boss\r\n`,
      ),
    });
    await dialog.getByText('2 will be invited, 1 will not.').waitFor();
    await dialog.getByText(`${stranger}: the role must be member or admin`).waitFor();
    await dialog.getByRole('button', { name: 'Invite 2 people' }).click();
    await dialog.getByRole('button', { name: 'I have saved it' }).click();
    await page.getByRole('row', { name: `${admin} Admin Pending` }).waitFor();
    await page.getByRole('row', { name: `${member} Member Pending` }).waitFor();
    expect(await page.getByRole('row', { name: stranger }).count()).toBe(0);
  });
});
