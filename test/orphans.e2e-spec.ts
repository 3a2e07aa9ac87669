import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { ask, call } from './support/keycap.js';
import type { Listening } from './support/servers.js';
import { createDatabase, MAIN, testVariable } from './support/servers.js';
import { until } from './support/until.js';
import type { Issued } from './support/verification.js';

const PARENT = resolve(import.meta.dirname, 'support/short-lived-parent.mjs');

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Uses a key, which is written a few seconds later. */
async function useKey({ url, setupToken }: Listening): Promise<void> {
  const { session_token: as, organization } = await ask<{
    session_token: string;
    organization: { id: string };
  }>('POST', '/v1/setup', {
    url,
    headers: { 'x-setup-token': setupToken ?? '' },
    body: {
      email: 'owner@keycap.test',
      password: 'a long enough passphrase',
      organization_name: 'Orphaned',
    },
    expect: 201,
  });
  const path = `/v1/organizations/${organization.id}/api-keys`;
  const body = { name: 'Used', scopes: ['read'] };
  const key = await ask<Issued>('POST', path, { url, as, body, expect: 201 });
  await call('GET', '/v1/me', { url, as: key.plaintext_api_key });
}

it('a server whose parent is gone, and with it whoever read its log, ends by itself', async () => {
  const database = await createDatabase();
  const parent = spawn(process.execPath, [PARENT, MAIN], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATABASE_URL: database.url,
      KEYCAP_SECRET: testVariable('KEYCAP_TEST_SECRET'),
    },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [server] = (await once(parent, 'message')) as [Listening & { pid: number }];
  await useKey(server);
  expect(isAlive(server.pid)).toBe(true);
  // So that it has something to say of its database, which nobody reads.
  await database.drop();
  parent.kill('SIGKILL');
  await until('the server ended', () => !isAlive(server.pid));
});
