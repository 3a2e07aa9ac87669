import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { TestBrowser } from './browser.js';
import type { Person } from './keycap.js';
import { testVariable } from './servers.js';

/** What a reader in English, with a large screen and no wish for motion, brings along. */
const READER: BrowserContextOptions = {
  locale: 'en-US',
  reducedMotion: 'reduce',
  viewport: { width: 1280, height: 860 },
  permissions: ['clipboard-read', 'clipboard-write'],
};

/** Somebody in front of the dashboard. */
export class DashboardVisitor {
  private constructor(
    readonly page: Page,
    /** All that went wrong, as sentences. */
    readonly complaints: readonly string[],
    private readonly url: string,
  ) {}

  /**
   * Opens a page of the dashboard.
   *
   * @param path below `/dashboard`
   */
  static async open(
    browser: TestBrowser,
    path: string,
    options: BrowserContextOptions & { readonly url?: string } = {},
  ): Promise<DashboardVisitor> {
    const { url = testVariable('KEYCAP_TEST_URL'), ...more } = options;
    const opened = await browser.open(`${url}/dashboard${path}`, { ...READER, ...more });
    return new DashboardVisitor(opened.page, opened.complaints, url);
  }

  /** Opens the sign-in page and signs in; the overview of his first organization is there. */
  static async signedIn(
    browser: TestBrowser,
    person: Pick<Person, 'email' | 'password'>,
    options: BrowserContextOptions & { readonly url?: string } = {},
  ): Promise<DashboardVisitor> {
    const visitor = await DashboardVisitor.open(browser, '/sign-in', options);
    await visitor.signIn(person);
    await visitor.heading('Overview').waitFor();
    return visitor;
  }

  /** Fills in the sign-in page, which is there, and sends it. */
  async signIn({ email, password }: Pick<Person, 'email' | 'password'>): Promise<void> {
    await this.page.getByLabel('Email').fill(email);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.press('Sign in');
  }

  /** Goes to an address below `/dashboard`, as by typing it. */
  async visit(path: string): Promise<void> {
    await this.page.goto(`${this.url}/dashboard${path}`);
  }

  /** Follows a link of the navigation and waits for its page. */
  async goTo(name: string): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await this.heading(name).waitFor();
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { level: 1, name, exact: true });
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** Chooses from the menu of a row. */
  async choose(row: string, action: string): Promise<void> {
    await this.press(`Actions for ${row}`);
    await this.page.getByRole('menuitem', { name: action, exact: true }).click();
  }

  /** The value of a field of the dialog that shows a secret. */
  secret(label: string): Promise<string> {
    return this.dialog.getByLabel(label, { exact: true }).inputValue();
  }

  /** Says that the secret is saved, and waits until its dialog is gone. */
  async saved(): Promise<void> {
    await this.dialog.getByRole('button', { name: 'I have saved it' }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }

  /**
   * Holds requests with this address and method back.
   *
   * @returns `asked` once there is one; `release` lets it and all further ones through
   */
  async hold(
    address: string,
    method: string,
  ): Promise<{ readonly asked: Promise<void>; readonly release: () => void }> {
    let go = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      go = resolve;
    });
    let tell = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      tell = resolve;
    });
    await this.page.route(address, async (route) => {
      if (route.request().method() === method) {
        tell();
        await released;
      }
      await route.continue();
    });
    return { asked, release: go };
  }

  /** Tries Back, Escape and a click beside the dialog; the page has dealt with them. */
  async tryToLeave(steps = 1): Promise<void> {
    await this.page.evaluate(
      `new Promise((went) => {
        addEventListener('popstate', () => requestIdleCallback(went), { once: true });
        history.go(-${String(steps)});
      })`,
    );
    await this.page.keyboard.press('Escape');
    await this.page.mouse.click(5, 5);
  }

  /** Waits until something is announced. */
  async announced(text: string): Promise<void> {
    await this.page.getByRole('status').getByText(text, { exact: true }).waitFor();
  }
}
