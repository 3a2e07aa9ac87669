import { existsSync, readFileSync } from 'node:fs';
import { run } from './command.mjs';
import { fromRoot } from './paths.mjs';

const read = (path) => {
  try {
    return JSON.parse(readFileSync(fromRoot(path), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
};

const fits = (list, value) =>
  list === undefined ||
  list.includes(value) ||
  (list[0]?.startsWith('!') && !list.includes(`!${value}`));

/** Whether a package that npm may leave out has to be there on this machine. */
const isForThisMachine = ({ os, cpu, libc }) =>
  os !== undefined && libc === undefined && fits(os, process.platform) && fits(cpu, process.arch);

/**
 * Whether node_modules is what package-lock.json says. npm writes down what it has installed, and
 * writes it last, so an interrupted installation counts as none. Times are not looked at: a checkout
 * changes them.
 */
export function isInstalled() {
  const wanted = read('package-lock.json');
  const installed = read('node_modules/.package-lock.json');
  if (wanted === null || installed === null) return wanted === null;
  return Object.entries(wanted).every(([path, { version, integrity, link, ...entry }]) => {
    if (!path.startsWith('node_modules/') || link) return true;
    const found = installed[path];
    if (found === undefined) return Boolean(entry.optional) && !isForThisMachine(entry);
    // The lockfile has no hash of packages that its author's registry did not have.
    return found.version === version && [undefined, found.integrity].includes(integrity);
  });
}

/** `npm ci`; with the dev packages also where NODE_ENV=production would leave them out. */
export async function install() {
  const options = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath ?? '';
  if (npm.endsWith('npm-cli.js')) await run('npm ci', process.execPath, [npm, ...options]);
  else await run('npm ci', 'npm', options);
}

/** How far the installation is, in packages at the top of node_modules. */
export function installedSoFar() {
  const wanted = Object.entries(read('package-lock.json') ?? {}).filter(
    ([path, { optional }]) => path.lastIndexOf('node_modules/') === 0 && !optional,
  );
  const there = wanted.filter(([path]) => existsSync(fromRoot(`${path}/package.json`))).length;
  return `${there} of ${wanted.length} packages`;
}
