import { TestBrowser } from './support/browser.js';
import { DashboardVisitor } from './support/dashboard.js';
import type { Person } from './support/keycap.js';
import { call, newPerson } from './support/keycap.js';
import { nextMail } from './support/mail.js';
import { newPassword, signInStatus } from './support/passwords.js';

describe('what belongs to a person', () => {
  let browser: TestBrowser;
  let person: Person;
  let visitor: DashboardVisitor;

  beforeAll(async () => {
    [browser, person] = await Promise.all([TestBrowser.launch(), newPerson()]);
    visitor = await DashboardVisitor.signedIn(browser, person);
  });
  beforeEach(async () => {
    await visitor.visit('/profile');
    await visitor.heading('Profile').waitFor();
  });
  afterAll(() => browser.close());

  const sessionStatus = async (): Promise<number> =>
    (await call('GET', '/v1/users/me', { as: person.session })).status;

  it('is another name', async () => {
    await visitor.page.getByLabel('Your name').fill('Ada');
    await visitor.press('Save');
    await visitor.announced('Your profile is saved.');
    const me = await call<{ user: { name: string } }>('GET', '/v1/users/me', {
      as: person.session,
    });
    expect(me.body.user.name).toBe('Ada');
  });

  it('is a theme, which the browser remembers', async () => {
    const { page } = visitor;
    const theme = async (): Promise<string | null> =>
      page.locator('html').getAttribute('data-mantine-color-scheme');
    expect(await theme()).toBe('light');
    await page.getByText('Dark', { exact: true }).click();
    await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
    await page.reload();
    await visitor.heading('Profile').waitFor();
    expect(await theme()).toBe('dark');
    await page.getByText('As the system', { exact: true }).click();
    await page.locator('html[data-mantine-color-scheme="light"]').waitFor();
  });

  it('are sessions, of which others can be ended', async () => {
    const { page } = visitor;
    const { email, password } = person;
    const { body } = await call<{ session_token: string }>('POST', '/v1/sessions', {
      body: { email, password },
      headers: { 'user-agent': 'Elsewhere/1.0' },
    });
    await page.reload();
    const before = page.getByRole('row').filter({ hasText: 'Elsewhere' });
    await before.getByRole('button').click();
    await visitor.announced('The session is ended.');
    await before.waitFor({ state: 'detached' });
    expect((await call('GET', '/v1/users/me', { as: body.session_token })).status).toBe(401);
    expect(await sessionStatus()).toBe(200);
    await page.getByRole('row').getByText('This one').waitFor();
  });

  it('is a password, whose change ends all other sessions', async () => {
    const { page } = visitor;
    const password = newPassword();
    await page.getByLabel('Current password', { exact: true }).fill('not the password');
    await page.getByLabel('New password', { exact: true }).fill(password);
    await visitor.press('Change password');
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Current password', { exact: true }).fill(person.password);
    await visitor.press('Change password');
    await visitor.announced('Your password is changed.');
    expect(await page.getByLabel('New password', { exact: true }).inputValue()).toBe('');
    expect(await sessionStatus()).toBe(401);
    expect([
      await signInStatus(person.email, person.password),
      await signInStatus(person.email, password),
    ]).toEqual([401, 201]);
    // His own goes on.
    await page.reload();
    await visitor.heading('Profile').waitFor();
  });

  it('is a password that was forgotten: behind a link that is no good is the way to another', async () => {
    const forgetful = await DashboardVisitor.open(browser, '/reset-password#token=used');
    const { page } = forgetful;
    await page.getByLabel('New password', { exact: true }).fill(newPassword());
    await forgetful.press('Save password');
    await page.getByRole('alert').waitFor();
    await page.getByRole('link', { name: 'Back to sign in' }).click();
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await forgetful.heading('Reset your password').waitFor();
    expect(await page.getByLabel('Email').inputValue()).toBe('');
  });

  it('is a password that was forgotten: a mail leads to another one', async () => {
    const { email } = await newPerson();
    const forgetful = await DashboardVisitor.open(browser, '/sign-in');
    const { page } = forgetful;
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await forgetful.heading('Reset your password').waitFor();
    await page.getByLabel('Email').fill(email);
    await forgetful.press('Send link');
    await page
      .getByText('If there is an account with this address, a mail is on its way.')
      .waitFor();
    const { text } = await nextMail(email);
    const link = /\/dashboard(\/reset-password#token=\S+)/.exec(text)?.[1] ?? '';
    await forgetful.visit(link);
    await forgetful.heading('Choose a new password').waitFor();
    expect(page.url()).not.toContain('#');
    const password = newPassword();
    await page.getByLabel('New password', { exact: true }).fill(password);
    await forgetful.press('Save password');
    await forgetful.heading('Your password is changed').waitFor();
    await page.getByRole('link', { name: 'Back to sign in' }).click();
    await forgetful.heading('Sign in').waitFor();
    await forgetful.signIn({ email, password });
    await forgetful.heading('Overview').waitFor();
    expect(forgetful.complaints).toEqual([]);
  });
});
