import { connect, createServer } from 'node:net';

/** Forwards connections to a database until it is told to hold everything back, without an error. */
export async function startProxy(databaseUrl) {
  const target = new URL(databaseUrl);
  const pairs = new Set();
  let isHeld = false;
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    const pair = [client, database];
    pairs.add(pair);
    for (const [one, other] of [pair, pair.toReversed()]) {
      one.setNoDelay(true);
      one.on('data', (part) => other.write(part));
      one.on('error', () => other.destroy());
      one.once('close', () => {
        pairs.delete(pair);
        other.destroy();
      });
      if (isHeld) one.pause();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(server.address().port);
  const all = (action) => {
    for (const socket of [...pairs].flat()) action(socket);
  };
  return {
    url: url.href,
    hold: () => {
      isHeld = true;
      all((socket) => socket.pause());
    },
    release: () => {
      isHeld = false;
      all((socket) => socket.resume());
    },
    close: () => {
      all((socket) => socket.destroy());
      server.close();
    },
  };
}
