import { Injectable } from '@nestjs/common';
import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  type Metric,
  Registry,
} from 'prom-client';
import { AnswerDurations } from './answer-durations.js';
import { type AnsweredRequest } from './answered-request.js';
import { WorkerMetrics } from './worker-metrics.js';

const BATCH_SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** What a number of several server processes together is. */
type Together = 'sum' | 'max';

/**
 * What this process measures of itself, as Prometheus reads it. Rooms that have something to tell get
 * this and name it; a label is one of few fixed words, never an id, an address or a name of a tenant.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new AnswerDurations();
  private readonly batches: Histogram<'of'>;
  /** Null in a process that serves alone. */
  private readonly workers = WorkerMetrics.of(this.registry);

  constructor() {
    const registers = [this.registry];
    // Among them the delay of the event loop, memory and processor time.
    collectDefaultMetrics({ register: this.registry });
    // The registry asks its metrics for nothing else than this one has.
    this.registry.registerMetric(this.requests as unknown as Metric);
    this.batches = new Histogram({
      name: 'keycap_batch_size',
      help: 'How many requests one statement served.',
      labelNames: ['of'],
      buckets: BATCH_SIZES,
      registers,
    });
  }

  observeAnswer(answered: AnsweredRequest): void {
    this.requests.observe(answered);
  }

  /** @param of what the statement read or wrote: the name of a table */
  observeBatch(of: string, size: number): void {
    this.batches.observe({ of }, size);
  }

  /**
   * A number that is read when it is asked for, such as the age of something in seconds.
   *
   * @param name with `keycap_` before it and its unit behind it
   */
  gauge(name: string, help: string, together: Together, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      aggregator: together,
      registers: [this.registry],
      collect: () => {
        gauge.set(read());
      },
    });
  }

  /**
   * The same for several numbers of one kind.
   *
   * @param label by which they differ
   */
  gauges(name: string, help: string, label: string, read: () => Record<string, number>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect: () => {
        for (const [value, number] of Object.entries(read())) gauge.set({ [label]: value }, number);
      },
    });
  }

  /**
   * Numbers of one kind that only grow, such as look-ups by their result.
   *
   * @param name with `keycap_` before it and `_total` behind it
   * @param label by which they differ
   */
  counters(name: string, help: string, label: string, read: () => Record<string, number>): void {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect: () => {
        counter.reset();
        for (const [value, number] of Object.entries(read()))
          counter.inc({ [label]: value }, number);
      },
    });
  }

  /**
   * Everything, in the text format of Prometheus 0.0.4, and its media type: of all server processes that
   * share the port.
   *
   * @throws ServiceUnavailable where one of them does not answer
   */
  async read(): Promise<{ readonly text: string; readonly type: string }> {
    const text = await (this.workers ?? this.registry).metrics();
    return { text, type: this.registry.contentType };
  }
}
