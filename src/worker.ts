import { once } from 'node:events';
import { readConfig } from './config.js';
import { type ServingTask, startServing } from './serving.js';
import type { Shutdown } from './shutdown.js';
import type { WorkerMessage } from './workers.js';

/** The start of one of several processes: what it shares with the others it is told (workers.ts). */
export async function startWorker(shutdown: Shutdown): Promise<void> {
  const told = once(process, 'message') as Promise<[ServingTask]>;
  say({ kind: 'waiting' });
  const [task] = await told;
  say({ kind: 'listening', listening: await startServing(readConfig(), task, shutdown) });
}

function say(message: WorkerMessage): void {
  process.send?.(message);
}
