// Started by autocannon.mjs: one round of load from a process of its own.
import { createRequire } from 'node:module';
import { fromRoot } from '../../scripts/lib/paths.mjs';

const autocannon = createRequire(fromRoot('bench/peers/package.json'))('autocannon');

process.once('message', (round) => {
  send(round).then(
    (answer) => process.send({ answer }, () => process.exit()),
    (error) => process.send({ failure: error.stack }, () => process.exit(1)),
  );
});

async function send({ url, requests, connections, seconds, once }) {
  const before = process.cpuUsage();
  let next = 0;
  const share = Math.ceil(requests.length / connections);
  const result = await autocannon({
    url,
    ...(once
      ? { amount: requests.length, connections: Math.ceil(requests.length / share) }
      : { duration: seconds, connections }),
    // Fewer requests than connections are sent by several of them.
    setupClient: (client) => {
      const start = next % requests.length;
      client.setRequests(requests.slice(start, start + share));
      next += share;
    },
  });
  const { user, system } = process.cpuUsage(before);
  const { errors, timeouts, non2xx, latency, duration } = result;
  return {
    requests: result.requests.total,
    seconds: duration,
    p50: latency.p50,
    p99: latency.p99,
    refused: non2xx,
    broken: errors + timeouts,
    busy: (user + system) / 1e6 / duration,
  };
}
