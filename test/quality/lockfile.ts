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
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
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

/**
 * Of those, what is reached from package.json without the dependencies that the given packages have
 * and never load in a server.
 */
export function loadablePackages(neverLoaded: Record<string, string[]>): LockedPackage[] {
  const runtime = new Map(runtimePackages().map((locked) => [locked.location, locked]));
  const { dependencies } = readJson('package.json') as { dependencies: Record<string, string> };
  const reached = new Set<LockedPackage>();
  const follow = (from: string, names: string[]): void => {
    for (const name of names) {
      const locked = resolve(runtime, from, name);
      if (locked === undefined || reached.has(locked)) continue;
      reached.add(locked);
      const wanted = Object.keys({ ...locked.dependencies, ...locked.optionalDependencies });
      const unused = neverLoaded[locked.name] ?? [];
      follow(
        locked.location,
        wanted.filter((one) => !unused.includes(one)),
      );
    }
  };
  follow('', Object.keys(dependencies));
  return [...reached];
}

/** As Node does: in the package's own node_modules, then in those around it. */
function resolve(
  packages: Map<string, LockedPackage>,
  from: string,
  name: string,
): LockedPackage | undefined {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    const found = packages.get(join(folder, 'node_modules', name));
    if (found !== undefined) return found;
    if (!folder.includes('/node_modules/')) return packages.get(`node_modules/${name}`);
  }
}
