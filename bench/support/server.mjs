import { spawn } from 'node:child_process';
import { chmod, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromRoot } from '../../scripts/lib/paths.mjs';

const OWNER = {
  email: 'owner@keycap.test',
  password: 'a long enough passphrase',
  organization_name: 'Bench',
};

/**
 * The server as `npm start` runs it: built, in production mode, with an embedded PostgreSQL of the
 * default settings, in a process and a temporary folder of its own.
 *
 * @param variables of the environment, beside those that keep it apart from other servers
 */
export async function startServer(variables = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'keycap-bench-'));
  // As root PostgreSQL runs as another user, who has to pass.
  if (process.getuid() === 0) await chmod(folder, 0o711);
  const logFile = join(folder, 'server.log');
  const log = await open(logFile, 'w', 0o600);
  const dataDir = join(folder, 'data');
  const child = spawn(process.execPath, [fromRoot('scripts/start.mjs')], {
    cwd: fromRoot('.'),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: '0',
      KEYCAP_DATA_DIR: dataDir,
      ...variables,
    },
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  });
  await log.close();
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const listening = new Promise((resolve) => child.once('message', resolve));
  const answer = await Promise.race([listening, gone]);
  if (answer === null || typeof answer !== 'object') {
    const said = await readFile(logFile, 'utf8');
    await stop();
    throw new Error(`The server did not start:\n${said}`);
  }
  const databaseUrl = (await readFile(join(dataDir, 'database-url'), 'utf8')).trim();
  const secret = (await readFile(join(dataDir, 'secret'), 'utf8')).trim();
  const { url, setupToken } = answer;
  return { url, setupToken, databaseUrl, secret, dataDir, pid: child.pid, stop };
}

/** Makes the first owner. @returns `create(path, body)`, as this owner in his organization */
export async function setUp(server) {
  const { authorization, organizationPath } = await foundOrganization(server);
  return (path, body) => post(`${server.url}${organizationPath}${path}`, { authorization }, body);
}

/** Makes the first owner. @returns his `authorization`, and where his organization is found */
export async function foundOrganization({ url, setupToken }) {
  const made = await post(`${url}/v1/setup`, { 'x-setup-token': setupToken }, OWNER);
  return {
    authorization: `Bearer ${made.session_token}`,
    organizationPath: `/v1/organizations/${made.organization.id}`,
  };
}

export async function post(url, headers, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (response.status === 201) return response.json();
  throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
}
