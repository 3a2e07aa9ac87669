import { build, isBuilt } from './build.mjs';
import { CommandFailed } from './command.mjs';
import { install, installedSoFar, isInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { fromRoot } from './paths.mjs';
import { linkPostgres } from './postgres-links.mjs';

/**
 * Installs and builds what is missing or old. Several starts at once in one clone take turns, and
 * those that come later find the work done.
 */
export async function setUp(progress) {
  try {
    if (!isInstalled() || !isBuilt())
      await withLock(fromRoot('dist/.set-up-lock'), () => work(progress));
    linkPostgres();
  } catch (error) {
    if (error instanceof CommandFailed) process.stderr.write(`${error.output}\n`);
    process.stderr.write(`Keycap could not be set up: ${error.message}.\n`);
    process.exit(1);
  }
}

async function work(progress) {
  if (!isInstalled()) await progress.step('Installing packages', install, installedSoFar);
  if (!isBuilt()) await progress.step('Building', build);
}
