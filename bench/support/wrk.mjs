import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onCore } from './cores.mjs';

const SCRIPT = fileURLToPath(new URL('wrk.lua', import.meta.url));
/** A round that sends each request once ends by itself, long before. */
const LONGEST_S = 600;

const run = promisify(execFile);

export async function isWrkHere() {
  return run('wrk', ['-v']).then(
    () => true,
    // It prints its version and ends with 1.
    ({ code }) => code !== 'ENOENT',
  );
}

/** One round by wrk, which has one thread. See load.mjs for what it is given and answers. */
export async function loadByWrk({ url, requests, connections, seconds, once, core }) {
  const folder = await mkdtemp(join(tmpdir(), 'keycap-load-'));
  try {
    const file = join(folder, 'requests');
    const { host } = new URL(url);
    await writeFile(file, Buffer.concat(requests.map((each) => framed(host, each))));
    const duration = `-d${once ? LONGEST_S : seconds}s`;
    const options = ['-t1', `-c${connections}`, duration, '--timeout', '10s', '-s', SCRIPT, url];
    const more = once ? [file, 'once'] : [file];
    const { stdout } = await run(...onCore(core, 'wrk', [...options, '--', ...more]));
    return JSON.parse(stdout.trim().split('\n').at(-1));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A request as wrk.lua reads it. */
function framed(host, { method, path, headers, body = '' }) {
  const all = { host, ...headers };
  if (method !== 'GET') all['content-length'] = Buffer.byteLength(body);
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
  const bytes = Buffer.from(head + body);
  return Buffer.concat([Buffer.from(`${bytes.length}\n`), bytes]);
}
