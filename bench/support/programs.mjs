import { spawn } from 'node:child_process';
import { onCore } from './cores.mjs';

/**
 * Starts a program of Node on a core, tells it its configuration, and waits for its one answer.
 * @returns `answer`, `pid` and `stop()`
 */
export async function startProgram(path, config, core) {
  const child = spawn(...onCore(core, process.execPath, [path]), {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
  };
  const answered = new Promise((resolve) => child.once('message', resolve));
  child.send(config);
  const message = await Promise.race([answered, gone]);
  if (message?.answer === undefined) {
    const reason = message?.failure ?? ['exit code', message].join(' ');
    throw new Error(`${path} did not start: ${reason}`);
  }
  return { answer: message.answer, pid: child.pid, stop };
}
