import { rm, readdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { fromRoot } from './paths.mjs';

const FOLDER = 'dist/dashboard';
/** What every page needs: in one file, which compresses better than several. */
const FOUNDATION =
  /node_modules\/(?:react|react-dom|scheduler|i18next|react-i18next|@tanstack\/(?!react-table|table-core|react-virtual|virtual-core)[\w-]+|openapi-fetch)\//;

/**
 * Builds `dashboard/` into dist/dashboard, where the server finds it: files whose names tell their
 * content, each also compressed, as small as it gets, since it happens once.
 */
export async function buildDashboard() {
  await rm(fromRoot(FOLDER), { recursive: true, force: true });
  await buildForProduction({
    root: fromRoot('dashboard'),
    configFile: false,
    base: '/dashboard/',
    logLevel: 'error',
    build: {
      outDir: fromRoot(FOLDER),
      emptyOutDir: true,
      target: ['chrome111', 'firefox114', 'safari16.4'],
      // A preload would be an inline script in old browsers; the list of modules is in the page.
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        output: { codeSplitting: { groups: [{ name: 'foundation', test: FOUNDATION }] } },
      },
    },
  });
  const folder = fromRoot(`${FOLDER}/assets`);
  await Promise.all((await readdir(folder)).map((name) => compress(`${folder}/${name}`)));
}

/** Whatever the environment says, by which Vite would take the variants of libraries for developing. */
async function buildForProduction(options) {
  const { build } = await import('vite');
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    await build(options);
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
}

async function compress(path) {
  const content = await readFile(path);
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  await writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params: quality }));
  await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
}
