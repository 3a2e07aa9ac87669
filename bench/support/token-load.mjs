import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { quantile } from './quantile.mjs';

const ISSUER = fileURLToPath(new URL('token-issuer.mjs', import.meta.url));

/** Milliseconds of a clock that all processes of this machine share. */
export const clock = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * Issues tokens from a process of its own, until `count` are issued or it is told to stop.
 * @returns `started`, resolved with the first answer; `done`, with the start and the duration of each
 * (ms); and `stop()`
 */
export function startIssuing({ url, authorization, connections, count = Infinity }) {
  const child = fork(ISSUER, { serialization: 'advanced' });
  const gone = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`issuing ended (exit code ${code})`)));
  });
  const message = (kind) =>
    new Promise((resolve) => {
      child.on('message', (each) => each.kind === kind && resolve(each));
    });
  const started = Promise.race([message('started'), gone]);
  const done = Promise.race([message('done'), gone]).then(({ starts, durations }) =>
    Array.from(starts, (start, index) => ({ start, duration: durations[index] })),
  );
  // Each is awaited in its time; until then a failure must not count as unhandled.
  for (const promise of [started, done]) promise.catch(() => undefined);
  child.send({ url, authorization, connections, count });
  return { started, done, stop: () => void child.send('stop') };
}

/** How fast the answers came: milliseconds, and tokens a second from the first start to the last end. */
export function summarize(times) {
  if (times.length === 0) return { tokens: 0, perSecond: null, p50: null, p99: null, max: null };
  const durations = times.map(({ duration }) => duration).sort((a, b) => a - b);
  let [first, last] = [Infinity, 0];
  for (const { start, duration } of times) {
    first = Math.min(first, start);
    last = Math.max(last, start + duration);
  }
  return {
    tokens: times.length,
    perSecond: (times.length / (last - first)) * 1000,
    p50: quantile(durations, 0.5),
    p99: quantile(durations, 0.99),
    max: durations.at(-1),
  };
}
