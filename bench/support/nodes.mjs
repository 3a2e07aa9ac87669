import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { fromRoot } from '../../scripts/lib/paths.mjs';
import { startProxy } from './proxy.mjs';
import { startServer } from './server.mjs';

/**
 * A server with an embedded PostgreSQL, where credentials are made, and so many further nodes of that
 * database, each of which reaches it through a proxy of its own.
 */
export async function startNodes(count) {
  const server = await startServer();
  const token = `kcr_${randomBytes(64).toString('base64').replace(/\W/g, '').slice(0, 43)}`;
  const sha256 = createHash('sha256').update(token).digest('hex');
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    PORT: '0',
    KEYCAP_SECRET: server.secret,
    KEYCAP_RESOURCE_SERVERS: JSON.stringify([{ name: 'bench', sha256 }]),
    KEYCAP_LOG_LEVEL: 'error',
  };
  const nodes = [];
  for (let index = 0; index < count; index++) nodes.push(await startNode(server, env, token));
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await server.stop();
  };
  return { server, nodes, stop };
}

async function startNode({ databaseUrl }, env, token) {
  const proxy = await startProxy(databaseUrl);
  const child = spawn(process.execPath, [fromRoot('dist/bundle/main.js')], {
    env: { ...env, DATABASE_URL: proxy.url },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const answer = await Promise.race([new Promise((done) => child.once('message', done)), gone]);
  if (answer === null || typeof answer !== 'object') throw new Error('a node did not start');
  // As many connections as there are questions: none waits in here for another.
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 256 });
  return {
    proxy,
    signal: (name) => child.kill(name),
    ask: (question) => post(new URL(question.path, answer.url), agent, token, question),
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
      agent.destroy();
      proxy.close();
    },
  };
}

/** The status and the body, if it is JSON. */
function post(url, agent, token, { type, body }) {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': type,
      'content-length': Buffer.byteLength(body),
    };
    const asked = request(url, { method: 'POST', agent, headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        resolve({ status: answer.statusCode, body: JSON.parse(Buffer.concat(parts).toString()) });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
