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

/** Names and contents of all sources: a checkout may change times and nothing else. */
function fingerprint() {
  const hash = createHash('sha256');
  const add = (path) => {
    const absolute = fromRoot(path);
    if (statSync(absolute).isDirectory()) {
      for (const name of readdirSync(absolute).sort()) add(join(path, name));
    } else hash.update(`${path}\n`).update(readFileSync(absolute));
  };
  for (const source of SOURCES) add(source);
  return hash.digest('hex');
}

export function isBuilt() {
  const stamp = fromRoot(STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

/** Compiles and bundles into dist; the stamp is written last and taken beforehand, so a later edit counts. */
export async function build() {
  const sources = fingerprint();
  rmSync(fromRoot(STAMP), { force: true });
  if (!existsSync(fromRoot('dist/src/main.js'))) rmSync(fromRoot(COMPILER_STATE), { force: true });
  await run('the compiler', process.execPath, [
    // As `nest build` does, which compiles everything anew each time.
    fromRoot('node_modules/typescript/bin/tsc'),
    ...['-p', 'tsconfig.build.json'],
  ]);
  removeLeftovers('src');
  await bundle();
  await writeApiTypes();
  await writeSnippets();
  await buildDashboard();
  writeFileSync(fromRoot(STAMP), sources);
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
