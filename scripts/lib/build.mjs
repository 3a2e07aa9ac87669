import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeApiTypes } from './api-types.mjs';
import { bundle } from './bundle.mjs';
import { run } from './command.mjs';
import { buildDashboard } from './dashboard.mjs';
import { fromRoot } from './paths.mjs';
import { writeSnippets } from './snippets.mjs';

const STAMP = 'dist/.build-stamp';
const SNIPPETS_STAMP = 'dist/.snippets-stamp';
const DASHBOARD_STAMP = 'dist/.dashboard-stamp';
const COMPILER_STATE = 'dist/.tsbuildinfo-build';
/** The lock file, because other versions of packages have other types. */
const SOURCES = [
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'ormconfig.ts',
  'scripts/lib/api-types.mjs',
  'scripts/lib/bundle.mjs',
  'scripts/lib/dashboard.mjs',
  'scripts/lib/snippets.mjs',
  'dashboard',
  'src',
];
const SNIPPETS_SOURCES = ['package-lock.json', 'scripts/lib/snippets.mjs'];
/** Of what the server's code becomes, only this goes into the pages: types leave no trace in them. */
const DASHBOARD_SOURCES = [
  'package-lock.json',
  'scripts/lib/dashboard.mjs',
  'dashboard',
  'dist/api/snippets.json',
  'dist/api/request-snippets.json',
  'dist/api/audit-actions.json',
];

/** Names and contents of all sources: a checkout may change times and nothing else. */
function fingerprint(sources) {
  const hash = createHash('sha256');
  const add = (path) => {
    const absolute = fromRoot(path);
    if (statSync(absolute).isDirectory()) {
      for (const name of readdirSync(absolute).sort()) add(join(path, name));
    } else hash.update(`${path}\n`).update(readFileSync(absolute));
  };
  for (const source of sources) add(source);
  return hash.digest('hex');
}

function isStamped(stamp, fingerprint) {
  const path = fromRoot(stamp);
  return existsSync(path) && readFileSync(path, 'utf8') === fingerprint;
}

export function isBuilt() {
  return isStamped(STAMP, fingerprint(SOURCES));
}

/** Compiles and bundles into dist, what depends on less only where that has changed. */
export function build() {
  return stamped(STAMP, SOURCES, async () => {
    if (!existsSync(fromRoot('dist/src/programs.js'))) {
      rmSync(fromRoot(COMPILER_STATE), { force: true });
    }
    await run('the compiler', process.execPath, [
      // As `nest build` does, which compiles everything anew each time.
      fromRoot('node_modules/typescript/bin/tsc'),
      ...['-p', 'tsconfig.build.json'],
    ]);
    removeLeftovers('src');
    await bundle();
    await writeApiTypes();
    await unlessStamped(SNIPPETS_STAMP, SNIPPETS_SOURCES, writeSnippets);
    await unlessStamped(DASHBOARD_STAMP, DASHBOARD_SOURCES, buildDashboard);
  });
}

async function unlessStamped(stamp, sources, work) {
  if (!isStamped(stamp, fingerprint(sources))) await stamped(stamp, sources, work);
}

/** The stamp is written last and taken beforehand, so that an edit meanwhile counts. */
async function stamped(stamp, sources, work) {
  const taken = fingerprint(sources);
  rmSync(fromRoot(stamp), { force: true });
  await work();
  writeFileSync(fromRoot(stamp), taken);
}

/** The compiler leaves the output of sources that are gone. */
function removeLeftovers(folder) {
  for (const entry of readdirSync(fromRoot(`dist/${folder}`), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    const source = entry.isDirectory() ? path : path.replace(/\.js(\.map)?$/, '.ts');
    if (!existsSync(fromRoot(source))) rmSync(fromRoot(`dist/${path}`), { recursive: true });
    else if (entry.isDirectory()) removeLeftovers(path);
  }
}
