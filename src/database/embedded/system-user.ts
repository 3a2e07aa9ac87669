import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { StartError } from '../../start-error.js';

/** Whom PostgreSQL runs as, because it refuses to run as root. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const OWN_USER = 'keycap';
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin' };

/**
 * As root: the owner of the existing cluster, else `postgres`, else a system user made for this,
 * else `nobody`. For anyone else `null`: PostgreSQL runs as the server's own user.
 * @param cluster the cluster's folder, which need not exist
 */
export function postgresUser(cluster: string): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const user =
    ownerOf(cluster) ??
    named('postgres') ??
    named('_postgres') ??
    named(OWN_USER) ??
    created() ??
    named('nobody');
  if (user === null) {
    throw new StartError(
      'PostgreSQL refuses to run as root and no other user could be found or made: ' +
        'start Keycap as another user, or set DATABASE_URL.',
    );
  }
  return user;
}

/** The child-process options that make a command run as the user. */
export const asUser = (user: SystemUser | null): { uid?: number; gid?: number } =>
  user === null ? {} : { uid: user.uid, gid: user.gid };

/** Whether the user may enter the folder. */
export function canEnter(user: SystemUser | null, folder: string): boolean {
  const options = { cwd: '/', env: ENVIRONMENT, ...asUser(user) };
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], options).status === 0;
}

function ownerOf(cluster: string): SystemUser | null {
  const owner = statSync(cluster, { throwIfNoEntry: false });
  return owner === undefined || owner.uid === 0 ? null : { uid: owner.uid, gid: owner.gid };
}

function named(name: string): SystemUser | null {
  const [uid, gid] = ['-u', '-g'].map((option) => {
    const { status, stdout } = spawnSync('/usr/bin/id', [option, name], {
      env: ENVIRONMENT,
      encoding: 'utf8',
    });
    return status === 0 ? Number(stdout.trim()) : 0;
  });
  return uid && gid ? { uid, gid } : null;
}

/** Of two starts that make the user at once one fails, and both find it afterwards. */
function created(): SystemUser | null {
  const commands = [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/bin/false', OWN_USER],
    ['adduser', '-S', '-D', '-H', '-s', '/bin/false', OWN_USER],
  ] as const;
  for (const [command, ...parameters] of commands) {
    spawnSync(command, parameters, { env: ENVIRONMENT, stdio: 'ignore' });
    const user = named(OWN_USER);
    if (user !== null) return user;
  }
  return null;
}
