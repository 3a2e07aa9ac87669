import { type AnsweredRequest } from './answered-request.js';

/** Seconds; from an answer out of memory to the limits of requests and statements. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The answers of one method, route and status. */
interface Series {
  readonly labels: Readonly<Record<'method' | 'route' | 'status', string>>;
  /** By the bound that each is within first; the last one counts what is within none. */
  readonly counts: number[];
  sum: number;
}

/** One line of the text format. */
interface Value {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * How long answers take, as prom-client's histogram tells it. That one checks and hashes the labels
 * with each observation, which costs more than an answer from memory has to spare.
 */
export class AnswerDurations {
  readonly name = 'keycap_http_request_duration_seconds';
  readonly help = 'From the headers of a request to the end of its answer.';
  readonly type = 'histogram';
  /** Of several server processes. */
  readonly aggregator = 'sum';
  /** By route, method and status, of each of which there are few. */
  private readonly series = new Map<string, Map<string, Map<number, Series>>>();

  observe({ method, route, status, seconds }: AnsweredRequest): void {
    const series = this.seriesOf(route ?? 'none', method, status);
    const bound = BOUNDS.findIndex((each) => seconds <= each);
    const place = bound === -1 ? BOUNDS.length : bound;
    series.counts[place] = (series.counts[place] ?? 0) + 1;
    series.sum += seconds;
  }

  /** As the registry asks for it. */
  get(): Promise<Pick<this, 'name' | 'help' | 'type' | 'aggregator'> & { values: Value[] }> {
    const { name, help, type, aggregator } = this;
    const all = [...this.series.values()].flatMap((methods) =>
      [...methods.values()].flatMap((statuses) => [...statuses.values()]),
    );
    return Promise.resolve({ name, help, type, aggregator, values: all.flatMap(this.valuesOf) });
  }

  private readonly valuesOf = ({ labels, counts, sum }: Series): Value[] => {
    let count = 0;
    const buckets = [...BOUNDS, '+Inf'].map((le, place) => {
      count += counts[place] ?? 0;
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  };

  private seriesOf(route: string, method: string, status: number): Series {
    const methods = made(this.series, route, () => new Map<string, Map<number, Series>>());
    const statuses = made(methods, method, () => new Map<number, Series>());
    return made(statuses, status, () => ({
      labels: { method, route, status: String(status) },
      counts: Array.from({ length: BOUNDS.length + 1 }, () => 0),
      sum: 0,
    }));
  }
}

/** What is in the map, made where it is not. */
function made<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
