// Started by token-load.mjs: asks for tokens over kept connections, one request at a time on each,
// and notes when each began and how long it took.
import { Agent, request } from 'node:http';
import { clock } from './token-load.mjs';

const BODY = 'grant_type=client_credentials';

let stopped = false;

process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  if (message === 'stop') stopped = true;
  else void issueAll(message);
});

async function issueAll({ url, authorization, connections, count }) {
  const issue = issuer(url, authorization, new Agent({ keepAlive: true, maxSockets: connections }));
  const starts = [];
  const durations = [];
  let left = count;
  const work = async () => {
    while (left > 0 && !stopped) {
      left -= 1;
      const start = clock();
      await issue();
      starts.push(start);
      durations.push(clock() - start);
      if (starts.length === 1) process.send({ kind: 'started' });
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  const times = { starts: Float64Array.from(starts), durations: Float64Array.from(durations) };
  process.send({ kind: 'done', ...times }, () => process.exit());
}

/** @returns a function that gets one token, and rejects for any other answer than 200 */
function issuer(url, authorization, agent) {
  const options = {
    method: 'POST',
    agent,
    headers: {
      authorization,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': BODY.length,
    },
  };
  const target = new URL('/o/token/', url);
  return () =>
    new Promise((resolve, reject) => {
      const sent = request(target, options, (response) => {
        response.resume();
        response.once('error', reject);
        response.once('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`POST /o/token/: ${response.statusCode}`));
        });
      });
      sent.once('error', reject);
      sent.end(BODY);
    });
}
