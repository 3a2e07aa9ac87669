import { call } from './support/keycap.js';
import { answersIn, openConnection, request } from './support/raw-http.js';
import { until } from './support/until.js';

/** More than both ends' kernels take in before anyone reads. */
const ENOUGH_BYTES = 32 * 1024 * 1024;
const READ_AT_ONCE = 16 * 1024;

it('a client that reads nothing of what it asked for is ended; idle and slow ones are not', async () => {
  const file = '/docs/swagger-ui-bundle.js';
  const { text } = await call('GET', file);
  const count = Math.ceil(ENOUGH_BYTES / text.length);
  const many = `GET ${file} HTTP/1.1\r\nHost: k\r\n\r\n`.repeat(count);
  const health = 'GET /health/live HTTP/1.1\r\nHost: k\r\n\r\n';

  const idle = await openConnection();
  idle.socket.write(health);
  await until('the first answer', () => idle.received().includes('\r\n\r\n'));
  const slow = await openConnection();
  slow.socket.pause().removeAllListeners('data');
  slow.socket.write(many + request('GET', '/health/live'));
  const deaf = await openConnection();
  deaf.socket.pause().removeAllListeners('data');
  deaf.socket.write(many);

  let isEnded = false;
  deaf.socket.once('close', () => {
    isEnded = true;
  });
  let slowly = '';
  await until('the end of the one that reads nothing', () => {
    // Who doesn't read learns only by writing that the other side has gone. As long as answers are
    // owed the server takes nothing in, so this is no sign of life.
    if (!deaf.socket.destroyed) deaf.socket.write(health);
    slowly += String(slow.socket.read(READ_AT_ONCE) ?? '');
    return isEnded;
  });

  slow.socket.on('data', (part: string) => {
    slowly += part;
  });
  slow.socket.resume();
  await slow.closed;
  expect(answersIn(slowly).map(({ status }) => status)).toEqual(
    Array.from({ length: count + 1 }, () => 200),
  );
  idle.socket.write(request('GET', '/health/live'));
  expect(answersIn(await idle.closed).map(({ status }) => status)).toEqual([200, 200]);
});
