// `npm run bench:dashboard`: how long until a person sees something. The first page, from the first byte
// asked for to the first text or picture drawn, in a browser that has nothing of it yet, on a core that
// is slowed down to a quarter; medians of several visits. Measures, asserts nothing.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { chromium } from 'playwright-core';
import { quantile } from './support/quantile.mjs';
import { startServer } from './support/server.mjs';

const PAGES = ['sign-in', 'setup', 'reset-password'];
const GOAL_MS = 1500;
const PAINTED = `new Promise((done) => {
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
      if (name === 'first-contentful-paint') done(startTime);
    }
  }).observe({ type: 'paint', buffered: true });
})`;

const { values } = parseArgs({
  options: {
    visits: { type: 'string', default: '7' },
    slowdown: { type: 'string', default: '4' },
  },
});

const require = createRequire(import.meta.url);
const packed = join(dirname(require.resolve('@sparticuz/chromium')), '../../bin/chromium.br');
const folder = await mkdtemp(join(tmpdir(), 'keycap-bench-browser-'));
const server = await startServer();
try {
  const executablePath = join(folder, 'chromium');
  await pipeline(
    createReadStream(packed),
    createBrotliDecompress(),
    createWriteStream(executablePath, { mode: 0o700 }),
  );
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--headless=shell', '--disable-gpu'],
  });
  console.log(`${cpus().length} × ${cpus()[0].model}, slowed down ${values.slowdown} times\n`);
  for (const page of PAGES) {
    const paints = [];
    for (let visit = 0; visit < Number(values.visits); visit++) {
      paints.push(await firstPaint(browser, `${server.url}/dashboard/${page}`));
    }
    paints.sort((one, other) => one - other);
    const [least, median, most] = [0, 0.5, 1].map((share) => quantile(paints, share));
    const verdict = median <= GOAL_MS ? 'within' : 'beyond';
    console.log(`${page}: ${median} ms (${least} to ${most}), ${verdict} ${GOAL_MS} ms`);
  }
  await browser.close();
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

/** In milliseconds; each visit is the first one of its browser. */
async function firstPaint(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: Number(values.slowdown) });
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const painted = await page.evaluate(PAINTED);
  await context.close();
  return Math.round(painted);
}
