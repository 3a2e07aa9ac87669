import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { violationsIn } from './support/accessibility.js';
import { TestBrowser } from './support/browser.js';
import { DashboardVisitor } from './support/dashboard.js';
import { signedInAgo, startLogin } from './support/device-logins.js';
import { newEmail } from './support/invitations.js';
import { someOf, tellSeed } from './support/extent.js';
import type { TestOrganization } from './support/keycap.js';
import { ask, newOrganization } from './support/keycap.js';

/** For people to look at; whatever runs the tests keeps them. */
const PICTURES = resolve(import.meta.dirname, '../dist/pictures');

const WIDE = { width: 1280, height: 860 };
const NARROW = { width: 360, height: 740 };
/** Every colour and every width with each other; in a quick run each page is looked at in one of these ways. */
const READERS = [
  ['light', WIDE],
  ['dark', NARROW],
  ['dark', WIDE],
  ['light', NARROW],
] as const;

type Shown = Pick<DashboardVisitor, 'page' | 'complaints'>;

/** Pages of an organization, by the ends of their addresses. */
const PAGES = [
  ['overview', 'Overview'],
  ['get-started', 'Get started'],
  ['oauth-clients', 'OAuth clients'],
  ['oauth-clients?dialog=create', 'OAuth clients'],
  ['api-keys', 'API keys'],
  ['api-keys?dialog=create', 'API keys'],
  ['api-keys?q=nothing-has-this-name', 'API keys'],
  ['try-it', 'Try it'],
  ['members', 'Members'],
  ['invitations', 'Invitations'],
  ['invitations?dialog=create', 'Invitations'],
  ['invitations?dialog=many', 'Invitations'],
  ['projects', 'Projects'],
  ['audit', 'Audit'],
  ['settings', 'Settings'],
  ['settings?dialog=delete', 'Settings'],
] as const;

describe('in light and dark, wide and narrow', () => {
  let browser: TestBrowser;
  let organization: TestOrganization;
  let visitor: DashboardVisitor;

  beforeAll(async () => {
    tellSeed();
    await mkdir(PICTURES, { recursive: true });
    [browser, organization] = await Promise.all([TestBrowser.launch(), newOrganization()]);
    await fill(organization);
    visitor = await DashboardVisitor.signedIn(browser, organization.owner);
  });
  afterAll(() => browser.close());

  /** Waits until the page has all that it shows, looks at it as each reader, and keeps pictures. */
  async function look(name: string, { page, complaints }: Shown): Promise<void> {
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    await page.waitForLoadState('networkidle');
    for (const [colorScheme, viewport] of someOf(name, READERS)) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      // Who wishes no motion sees none, neither while the page takes its new form.
      const moving = await page.evaluate(
        'document.getAnimations().filter(({ effect }) => effect.getTiming().duration > 1).length',
      );
      const file = `${name.replace(/\W+/g, '-')}-${colorScheme}-${String(viewport.width)}.png`;
      await page.screenshot({ path: join(PICTURES, file), fullPage: true });
      const isTooWide = await page.evaluate('document.body.scrollWidth > window.innerWidth');
      const violations = await violationsIn(page);
      expect([file, violations, isTooWide, moving]).toEqual([file, [], false, 0]);
    }
    expect(await page.getByRole('heading', { level: 1, includeHidden: true }).count()).toBe(1);
    expect(complaints).toEqual([]);
  }

  it.each(PAGES)('%s is for everyone', async (place, heading) => {
    await visitor.visit(`/orgs/${organization.slug}/${place}`);
    const hidden = { level: 1, name: heading, exact: true, includeHidden: true };
    await visitor.page.getByRole('heading', hidden).waitFor();
    if (place.includes('dialog')) await visitor.dialog.waitFor();
    await look(place, visitor);
  });

  it('a key, what becomes of it, and its end are for everyone', async () => {
    const { id } = await organization.apiKey();
    for (const dialog of ['details', 'rotate', 'revoke']) {
      await visitor.visit(`/orgs/${organization.slug}/api-keys?dialog=${dialog}&of=${id}`);
      await visitor.dialog.waitFor();
      await look(`api-key-${dialog}`, visitor);
    }
  });

  it('a client and its credential are for everyone', async () => {
    const { id } = await organization.client();
    for (const dialog of ['secrets', 'rotate', 'delete', 'credential']) {
      await visitor.visit(`/orgs/${organization.slug}/oauth-clients?dialog=${dialog}&of=${id}`);
      await visitor.dialog.waitFor();
      await look(`oauth-client-${dialog}`, visitor);
    }
    await visitor.dialog.getByRole('button', { name: 'Add secret' }).click();
    await visitor.dialog.getByLabel('Client secret', { exact: true }).waitFor();
    await look('basic-credential', visitor);
    await visitor.saved();
  });

  it('the profile and the login of a device are for everyone', async () => {
    await visitor.visit('/profile');
    await visitor.heading('Profile').waitFor();
    await look('profile', visitor);
    const { id } = await startLogin();
    await visitor.visit(`/cli/login?session=${id}`);
    await visitor.heading('Log a device in').waitFor();
    await look('cli-login', visitor);
    await visitor.visit('/cli/login');
    await visitor.heading('Log a device in').waitFor();
    await look('cli-login-code', visitor);
    await visitor.visit('/new-organization');
    await visitor.heading('New organization').waitFor();
    await look('new-organization', visitor);
  });

  it('the results of many invitations are for everyone', async () => {
    const { dialog } = visitor;
    await visitor.visit(`/orgs/${organization.slug}/invitations?dialog=many`);
    await dialog.getByLabel('E-mail addresses').fill(`${LONG_ADDRESS}\n${newEmail()},admin`);
    await dialog.getByRole('button', { name: 'Invite 1 person' }).click();
    await dialog.getByRole('button', { name: 'I have saved it' }).waitFor();
    await visitor.page.getByRole('button', { name: 'Dismiss' }).click();
    await look('invitations-results', visitor);
    await dialog.getByRole('button', { name: 'I have saved it' }).click();
  });

  it('a sign-in that is too old is told to everyone', async () => {
    const person = await organization.member('admin');
    const { id } = await startLogin();
    const late = await DashboardVisitor.signedIn(browser, person);
    await late.visit(`/cli/login?session=${id}`);
    await signedInAgo(person.email, '11 minutes');
    await late.press('Approve');
    await late.page.getByRole('link', { name: 'Sign in again' }).waitFor();
    const told = late.complaints.filter((complaint) => !complaint.includes('403'));
    await look('cli-login-late', { page: late.page, complaints: told });
  });

  it('what a member sees is for everyone', async () => {
    const person = await organization.member('member');
    const member = await DashboardVisitor.signedIn(browser, person);
    await member.visit(`/orgs/${organization.slug}/audit`);
    await member.heading('Audit').waitFor();
    await member.page
      .getByRole('heading', { name: 'Your role does not reach this page' })
      .waitFor();
    await member.page.getByRole('link', { name: organization.owner.email }).waitFor();
    await look('no-permission', member);
  });

  it.each([
    ['/sign-in', 'Sign in'],
    ['/setup', 'Set up Keycap'],
    ['/reset-password', 'Reset your password'],
    ['/reset-password#token=some', 'Choose a new password'],
    ['/verify-email#token=some', 'Verify your address'],
  ])('%s is for everyone', async (place, heading) => {
    const stranger = await DashboardVisitor.open(browser, place);
    await stranger.heading(heading).waitFor();
    await look(place, stranger);
  });

  it('an invitation is for everyone', async () => {
    const { accept_url: link } = await ask<{ accept_url: string }>(
      'POST',
      `${organization.path}/invitations`,
      {
        as: organization.owner.session,
        body: { email: 'new@keycap.test', role: 'admin' },
        expect: 201,
      },
    );
    const invited = await DashboardVisitor.open(browser, link.slice(link.indexOf('/accept')));
    await invited.page.getByRole('heading', { name: /^Join / }).waitFor();
    // Whether there is a session is found out by asking.
    const told = invited.complaints.filter((complaint) => !complaint.includes('401'));
    await look('accept-invitation', { page: invited.page, complaints: told });
  });
});

/** As long as a name can be, with no place to break it: such names must not make a page too wide. */
const LONG_NAME = 'Wwm'.repeat(34).slice(0, 100);
const LONG_ADDRESS = `${'somebody'.repeat(8)}@${'department'.repeat(6)}.keycap.test`;

/** Something of everything, one of each with a long name. */
async function fill(organization: TestOrganization): Promise<void> {
  const as = organization.owner.session;
  await ask('PATCH', organization.path, { as, body: { name: LONG_NAME } });
  const project = await organization.project(LONG_NAME);
  await organization.apiKey({ scopes: ['projects:read'], project_id: project });
  await organization.apiKey({ scopes: ['members:read', 'projects:read', 'audit:read', 'read'] });
  await organization.member('admin', { name: LONG_NAME, email: LONG_ADDRESS });
  await organization.token();
  const { id: client } = await organization.client();
  await ask('PATCH', `${organization.path}/oauth-clients/${client}`, {
    as,
    body: { name: LONG_NAME },
  });
  await ask('POST', `${organization.path}/invitations`, {
    as,
    body: { email: LONG_ADDRESS.replace('some', 'any'), role: 'member' },
    expect: 201,
  });
  const soon = new Date(Date.now() + 86_400_000).toISOString();
  await ask('POST', `${organization.path}/api-keys`, {
    as,
    body: { name: LONG_NAME, scopes: ['read'], expires_at: soon },
    expect: 201,
  });
}
