import { existsSync, readFileSync } from 'node:fs';
import { run } from '../../scripts/lib/command.mjs';
import { fromRoot } from '../../scripts/lib/paths.mjs';
import { SERVER_CORE } from './cores.mjs';
import { startProgram } from './programs.mjs';

const FOLDER = fromRoot('bench/peers');

/** Installs the peers as their lockfile says, unless they are there; no script of theirs runs. */
export async function installPeers() {
  const lock = (path) =>
    existsSync(path) && JSON.parse(readFileSync(path, 'utf8')).packages['node_modules/fastify'];
  const wanted = lock(`${FOLDER}/package-lock.json`);
  const found = lock(`${FOLDER}/node_modules/.package-lock.json`);
  if (found && found.integrity === wanted.integrity) return;
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm ci of the peers', 'npm', ['--prefix', FOLDER, ...options]);
}

/** Starts a peer on the measured core. @returns its `url`, its `pid`, what else it answers, `stop()` */
export async function startPeer(name, config = {}) {
  const { answer, pid, stop } = await startProgram(`${FOLDER}/${name}.mjs`, config, SERVER_CORE);
  return { ...answer, pid, stop };
}

/** A database beside Keycap's, on the same PostgreSQL. @returns its address */
export async function peerDatabase(keycap) {
  await keycap.client.query('CREATE DATABASE keycap_bench_peer');
  const url = new URL(keycap.databaseUrl);
  url.pathname = '/keycap_bench_peer';
  return url.href;
}
