import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './planted-tree.js';

/** One installed package as package-lock.json (version 3) describes it. */
interface Locked {
  version: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  devOptional?: boolean;
  hasInstallScript?: boolean;
  os?: string[];
  cpu?: string[];
}

export interface LockedPackage extends Locked {
  name: string;
  /** Such as `node_modules/a/node_modules/b`. */
  location: string;
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

/** Every package that the lockfile names, but the project itself. */
export function lockedPackages(): LockedPackage[] {
  const { packages } = readJson('package-lock.json') as {
    packages: Record<string, Locked>;
  };
  return Object.entries(packages)
    .filter(([location]) => location !== '')
    .map(([location, locked]) => ({
      ...locked,
      location,
      name: location.slice(location.lastIndexOf('node_modules/') + 'node_modules/'.length),
    }));
}

/**
 * What a production image holds: no dev packages, no peers that only development has, and of the
 * packages that exist once per platform the one that is installed here.
 */
export function runtimePackages(): LockedPackage[] {
  return lockedPackages().filter(
    ({ dev, devOptional, optional, location }) =>
      !dev && !devOptional && (!optional || existsSync(join(ROOT, location))),
  );
}
