import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);

/** The browser as it lies in its npm package. */
const PACKED = join(dirname(require.resolve('@sparticuz/chromium')), '../../bin/chromium.br');

/** Chromium from its npm package, unpacked into a folder that goes with it. */
export class TestBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly folder: string,
  ) {}

  /**
   * The package's own unpacking would leave the browser behind for everyone, and take whatever
   * lies there; its own flags would switch the browser's defences off.
   */
  static async launch(): Promise<TestBrowser> {
    const folder = await mkdtemp(join(tmpdir(), 'keycap-browser-'));
    try {
      const executablePath = join(folder, 'chromium');
      const program = createWriteStream(executablePath, { mode: 0o700 });
      await pipeline(createReadStream(PACKED), createBrotliDecompress(), program);
      const browser = await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--headless=shell', '--disable-gpu'],
        env: { PATH: process.env.PATH ?? '', HOME: folder },
      });
      return new TestBrowser(browser, folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** A page without any past, and all that goes wrong in it, as sentences. */
  async open(
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const context = await this.browser.newContext(options);
    const page = await context.newPage();
    // Before the test itself runs out of time, so that it says what it waited for.
    page.setDefaultTimeout(20_000);
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    const { origin } = new URL(url);
    page.on('request', (request) => {
      const isOwn = request.url().startsWith(`${origin}/`) || request.url().startsWith('data:');
      if (!isOwn) complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    return { page, complaints };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
