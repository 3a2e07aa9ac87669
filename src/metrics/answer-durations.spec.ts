import { Histogram, type Metric, Registry } from 'prom-client';
import { AnswerDurations } from './answer-durations.js';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

it('tells what a histogram of prom-client tells', async () => {
  const [own, its] = [new Registry(), new Registry()];
  const durations = new AnswerDurations();
  own.registerMetric(durations as unknown as Metric);
  const { name, help } = durations;
  const labelNames = ['method', 'route', 'status'];
  const histogram = new Histogram({ name, help, labelNames, buckets: BUCKETS, registers: [its] });
  const seconds = [0, 0.0005, 0.001, 0.0011, 0.3, 0.3, 9.9, 10, 11, 1000];
  for (const [index, each] of seconds.entries()) {
    const [method, route] = [index % 2 ? 'GET' : 'POST', index % 3 ? '/v1/me' : null];
    const status = index % 4 ? 200 : 404;
    durations.observe({ method, route, status, seconds: each });
    histogram.observe({ method, route: route ?? 'none', status: String(status) }, each);
  }
  expect(sorted(await own.metrics())).toEqual(sorted(await its.metrics()));
});

/** Without regard to the order of series, and of the labels of each. */
function sorted(text: string): string[] {
  return text
    .split('\n')
    .map((line) =>
      line.replace(/\{([^{}]*)\}/, (_, labels: string) => labels.split(',').sort().join()),
    )
    .sort();
}
