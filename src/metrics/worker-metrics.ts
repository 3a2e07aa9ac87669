import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';
import { ServiceUnavailable } from '../problem.js';

/** How a worker asks the process that started it, and what it is told. */
export interface MetricsQuestion {
  readonly kind: 'metrics';
  readonly question: number;
}
export interface MetricsAnswer extends MetricsQuestion {
  /** Null where a worker did not answer. */
  readonly text: string | null;
}

type Told = (text: string | null) => void;

/** In one of several server processes: what all of them have measured, each number put together. */
export class WorkerMetrics {
  /** Answers the primary process from now on. */
  private readonly answering = new AggregatorRegistry();
  private readonly waiting = new Map<number, Told>();
  private questions = 0;

  private constructor(registry: Registry) {
    AggregatorRegistry.setRegistries(registry);
    process.on('message', (message: Partial<MetricsAnswer>) => {
      const { kind, question, text = null } = message;
      if (kind !== 'metrics' || question === undefined) return;
      this.waiting.get(question)?.(text);
      this.waiting.delete(question);
    });
  }

  /** Null in a process that serves alone. */
  static of(registry: Registry): WorkerMetrics | null {
    return cluster.isWorker ? new WorkerMetrics(registry) : null;
  }

  /** @throws ServiceUnavailable */
  async metrics(): Promise<string> {
    const question = this.questions++;
    const text = await new Promise<string | null>((resolve) => {
      this.waiting.set(question, resolve);
      process.send?.({ kind: 'metrics', question } satisfies MetricsQuestion);
    });
    if (text === null) throw new ServiceUnavailable('a server process does not tell its metrics');
    return text;
  }
}

/** In the process that started them: asks all workers. @returns null where one does not answer */
export async function metricsOfWorkers(): Promise<string | null> {
  return new AggregatorRegistry().clusterMetrics().catch(() => null);
}
