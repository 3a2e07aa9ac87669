import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MetricsAnswer, MetricsQuestion } from './metrics/worker-metrics.js';
import type { Listening, ServingTask } from './serving.js';
import { WorkersNotStarted } from './start-error.js';

/** Before a process that died without having served is started once more, in milliseconds. */
const PATIENCE_MS = 1000;
/** Beyond the time that a worker takes to drain and to close its things. */
const STOP_LIMIT_MS = 12_000;

/** What a worker says: first that it listens to this channel, then that it serves. */
export type WorkerMessage =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'listening'; readonly listening: Listening }
  | MetricsQuestion;

export interface WorkersOptions {
  readonly count: number;
  readonly task: ServingTask;
  /** A worker has died and another one takes its place. */
  readonly onReplaced: (message: string) => void;
}

/**
 * Processes that serve on one port (node:cluster), whose connections this one hands out in turn. What
 * a worker has acknowledged is in the database, so one that dies takes nothing with it but the
 * requests that it had in hand.
 */
export class Workers {
  private readonly serving = new Set<Worker>();
  private isStopping = false;

  constructor(private readonly options: WorkersOptions) {}

  /**
   * Resolves when all of them serve.
   *
   * @throws WorkersNotStarted when one can't; it has said why
   */
  async start(): Promise<Listening> {
    // From dist/bundle, where this file runs.
    cluster.setupPrimary({ exec: fileURLToPath(new URL('./main.js', import.meta.url)), args: [] });
    // One alone at first: what keeps it from serving would keep all of them, and is said once.
    const listening = await this.fork();
    await Promise.all(Array.from({ length: this.options.count - 1 }, () => this.fork()));
    return listening;
  }

  /** Lets them finish what they have in hand, and ends them. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const all = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    await Promise.all(all.map(endWorker));
  }

  /** @throws WorkersNotStarted where it ends before it serves */
  private async fork(): Promise<Listening> {
    const worker = cluster.fork();
    worker.once('exit', (code: number | null, signal: string | null) => {
      this.replace(worker, signal ?? `exit code ${String(code)}`);
    });
    const ended = once(worker, 'exit').then(() => {
      throw new WorkersNotStarted();
    });
    const listening = await Promise.race([this.instruct(worker), ended]);
    this.serving.add(worker);
    return listening;
  }

  /** What was sent before it listens would be lost. Resolves when it serves. */
  private instruct(worker: Worker): Promise<Listening> {
    return new Promise((resolve) => {
      worker.on('message', (message: WorkerMessage | { readonly kind?: undefined }) => {
        switch (message.kind) {
          case 'waiting':
            worker.send(this.options.task);
            break;
          case 'listening':
            resolve(message.listening);
            break;
          case 'metrics':
            void tellMetrics(worker, message);
            break;
          // What prom-client says is for itself.
          case undefined:
        }
      });
    });
  }

  /** One that dies at the start ends the start; later ones are replaced until it works. */
  private replace(worker: Worker, reason: string): void {
    if (this.isStopping || !this.serving.delete(worker)) return;
    this.options.onReplaced(`a server process has ended (${reason}) and is replaced`);
    this.forkAgain();
  }

  private forkAgain(): void {
    this.fork().catch(() => {
      setTimeout(() => {
        if (!this.isStopping) this.forkAgain();
      }, PATIENCE_MS);
    });
  }
}

/** One that is gone by then has nobody waiting. */
async function tellMetrics(worker: Worker, { question }: MetricsQuestion): Promise<void> {
  const { metricsOfWorkers } = await import('./metrics/worker-metrics.js');
  const answer: MetricsAnswer = { kind: 'metrics', question, text: await metricsOfWorkers() };
  if (worker.isConnected()) worker.send(answer);
}

async function endWorker(worker: Worker): Promise<void> {
  if (worker.isDead()) return;
  const ended = once(worker, 'exit');
  worker.process.kill('SIGTERM');
  const cut = setTimeout(() => worker.process.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(cut);
}
