import { readFile } from 'node:fs/promises';
import { TestBrowser } from './support/browser.js';
import { DashboardVisitor } from './support/dashboard.js';
import { invite, lookUp } from './support/invitations.js';
import type { TestOrganization } from './support/keycap.js';
import { ask, call, newOrganization, randomText } from './support/keycap.js';

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

const place = (page: string): string => `/orgs/${organization.slug}/${page}`;
const asOwner = () => ({ as: organization.owner.session });
const confirm = (action: string): Promise<void> =>
  visitor.dialog.getByRole('button', { name: action, exact: true }).click();

describe('members', () => {
  it('are paused, and come back', async () => {
    const { session } = await organization.member('member', { name: 'Grace' });
    const status = async (): Promise<number> =>
      (await call('GET', organization.path, { as: session })).status;
    await visitor.visit(place('members'));
    await visitor.choose('Grace', 'Pause');
    await visitor.announced('Grace is paused.');
    const row = visitor.page.getByRole('row', { name: 'Grace' });
    await row.getByText('Paused', { exact: true }).waitFor();
    expect(await status()).toBe(404);
    await visitor.choose('Grace', 'Resume');
    await visitor.announced('Grace is back.');
    await row.getByText('Active', { exact: true }).waitFor();
    expect(await status()).toBe(200);
  });

  it('leave by themselves', async () => {
    const person = await organization.member('member', { name: 'Leaver' });
    const leaver = await DashboardVisitor.signedIn(browser, person);
    const { dialog, page } = leaver;
    await leaver.visit(place('members'));
    await leaver.choose('Leaver', 'Leave');
    await dialog.getByText('You lose all access at once.').waitFor();
    await dialog.getByRole('button', { name: 'Leave', exact: true }).click();
    await leaver.heading('New organization').waitFor();
    expect((await call('GET', organization.path, { as: person.session })).status).toBe(404);
    expect(page.url()).not.toContain(organization.slug);
    expect(leaver.complaints).toEqual([]);
  });
});

describe('invitations', () => {
  it('are revoked', async () => {
    const { email, token } = await invite(organization);
    await visitor.visit(place('invitations'));
    await visitor.choose(email, 'Revoke');
    await confirm('Revoke');
    await visitor.announced(`The invitation of ${email} is revoked.`);
    const row = visitor.page.getByRole('row', { name: email });
    await row.getByText('Revoked', { exact: true }).waitFor();
    expect(await row.getByRole('button').count()).toBe(0);
    expect((await lookUp(token)).body.code).toBe('invitation_revoked');
  });

  it('are declined', async () => {
    const { email, token } = await invite(organization);
    const invited = await DashboardVisitor.open(browser, `/accept-invitation#token=${token}`);
    await invited.press('Decline');
    await invited.page.getByText('You have declined the invitation.').waitFor();
    await visitor.visit(place('invitations'));
    const row = visitor.page.getByRole('row', { name: email });
    await row.getByText('Declined', { exact: true }).waitFor();
    // Whether there is a session is found out by asking.
    expect(invited.complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
  });
});

describe('projects', () => {
  it('get another name', async () => {
    const id = await organization.project('Stagng');
    await visitor.visit(place('projects'));
    await visitor.choose('Stagng', 'Rename');
    const name = visitor.dialog.getByLabel('Name', { exact: true });
    expect(await name.inputValue()).toBe('Stagng');
    await name.fill('Staging');
    await confirm('Save');
    await visitor.announced('The project is called Staging now.');
    await visitor.page.getByRole('row', { name: 'Staging' }).waitFor();
    const { project } = await ask<{ project: { name: string } }>(
      'GET',
      `/v1/projects/${id}`,
      asOwner(),
    );
    expect(project.name).toBe('Staging');
  });
});

describe('OAuth clients', () => {
  const tokenFor = (basicCredential: string) =>
    call<{ access_token: string }>('POST', '/o/token/', {
      as: `Basic ${basicCredential}`,
      form: { grant_type: 'client_credentials' },
    });

  it('get a new secret beside the old one, lose their tokens, and go', async () => {
    const { dialog, page } = visitor;
    const { basicCredential } = await organization.client();
    const issued = await tokenFor(basicCredential);
    const status = async (): Promise<number> =>
      (await call('GET', organization.path, { as: issued.body.access_token })).status;
    await visitor.visit(place('oauth-clients'));
    await visitor.choose('Test', 'Rotate');
    await dialog.getByLabel('Overlap').selectOption('1 hour');
    await confirm('Rotate');
    const rotated = await visitor.secret('Basic credential (base64)');
    await visitor.saved();
    expect([
      (await tokenFor(rotated)).status,
      (await tokenFor(basicCredential)).status,
      await status(),
    ]).toEqual([200, 200, 200]);

    await visitor.choose('Test', 'Revoke tokens');
    await confirm('Revoke tokens');
    await visitor.announced('All tokens of Test are revoked.');
    expect([await status(), (await tokenFor(rotated)).status]).toEqual([401, 200]);

    await visitor.choose('Test', 'Delete');
    const remove = dialog.getByRole('button', { name: 'Delete', exact: true });
    expect(await remove.isDisabled()).toBe(true);
    await dialog.getByLabel('Type "Test" to confirm').fill('Test');
    await remove.click();
    await visitor.announced('Test is deleted.');
    await page.getByText('No OAuth clients yet').waitFor();
    expect((await tokenFor(rotated)).status).toBe(401);
  });
});

describe('the audit record', () => {
  it('is exported as NDJSON, as it is filtered', async () => {
    await visitor.visit(place('audit?action=project.created'));
    await visitor.page.locator('summary', { hasText: 'project.created' }).first().waitFor();
    await visitor.press('Export');
    const [download] = await Promise.all([
      visitor.page.waitForEvent('download'),
      visitor.page.getByRole('menuitem', { name: 'As NDJSON' }).click(),
    ]);
    await visitor.announced('The record is exported.');
    expect(download.suggestedFilename()).toBe('audit.ndjson');
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { action: string; metadata: object });
    expect(events.map(({ action }) => action)).toEqual(['project.created']);
  });
});

describe('settings', () => {
  it('are a name and a slug, and then stand in the addresses', async () => {
    const { page } = visitor;
    const slug = `moved-${randomText()}`;
    await visitor.visit(place('settings'));
    await page.getByLabel('Name', { exact: true }).fill('Moved');
    await page.getByLabel('Slug').fill(slug);
    await page.getByRole('button', { name: 'Save' }).first().click();
    await visitor.announced('The settings are saved.');
    await page.waitForURL(`**/orgs/${slug}/settings`);
    await page.getByRole('button', { name: 'Organization: Moved' }).waitFor();
    organization = { ...organization, slug };
    const { organization: saved } = await ask<{ organization: object }>(
      'GET',
      organization.path,
      asOwner(),
    );
    expect(saved).toMatchObject({ name: 'Moved', slug });
  });

  it('hand the organization over', async () => {
    const { dialog, page } = visitor;
    const heir = await organization.member('admin', { name: 'Heir' });
    await visitor.visit(place('settings'));
    await visitor.press('Transfer ownership');
    await dialog.getByLabel('New owner').selectOption(`Heir (${heir.email})`);
    await dialog.getByLabel(`Type "${organization.slug}" to confirm`).fill(organization.slug);
    await confirm('Transfer ownership');
    await visitor.announced('Heir is the owner now.');
    // An admin has no such zone.
    await page.getByRole('heading', { name: 'Danger zone' }).waitFor({ state: 'detached' });
    const { member } = await ask<{ member: { role: string } }>(
      'GET',
      `${organization.path}/members/me`,
      { as: heir.session },
    );
    expect(member.role).toBe('owner');
  });

  it('delete the organization by its slug, which says what stops working', async () => {
    const doomed = await newOrganization();
    const { plaintext } = await doomed.apiKey();
    const owner = await DashboardVisitor.signedIn(browser, doomed.owner);
    const { dialog } = owner;
    await owner.visit(`/orgs/${doomed.slug}/settings`);
    await owner.press('Delete organization');
    await dialog
      .getByText(
        'Members: 1. Active keys that stop working: 1. OAuth clients that stop working: 0.',
      )
      .waitFor();
    const remove = dialog.getByRole('button', { name: 'Delete organization', exact: true });
    await dialog.getByLabel(`Type "${doomed.slug}" to confirm`).fill(doomed.slug.slice(1));
    expect(await remove.isDisabled()).toBe(true);
    await dialog.getByLabel(`Type "${doomed.slug}" to confirm`).fill(doomed.slug);
    await remove.click();
    // To another organization of his.
    await owner.heading('Overview').waitFor();
    expect(owner.page.url()).not.toContain(doomed.slug);
    expect((await call('GET', doomed.path, { as: doomed.owner.session })).status).toBe(404);
    expect((await call('GET', '/v1/me', { headers: { 'x-api-key': plaintext } })).status).toBe(401);
    expect(owner.complaints).toEqual([]);
  });
});
