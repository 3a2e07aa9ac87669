import { connect, type Socket } from 'node:net';
import { testVariable } from './servers.js';

/** An HTTP response as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; the last of repeated ones. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection on which a test writes and reads bytes. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything that has come so far. */
  received(): string;
  /** Everything that came until the server closed the connection. */
  readonly closed: Promise<string>;
}

/** Opens a connection; a reset by the server counts as closed. */
export async function openConnection(
  url = testVariable('KEYCAP_TEST_URL'),
): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    received += part;
  });
  // What was refused may be cut off while it is still being written.
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => {
      resolve(received);
    });
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, received: () => received, closed };
}

/** Writes `bytes` and reads until the server closes: send `Connection: close`, or an error. */
export async function exchange(bytes: string, url?: string): Promise<RawAnswer[]> {
  const { socket, closed } = await openConnection(url);
  socket.write(bytes, 'latin1');
  return answersIn(await closed);
}

/** As `exchange`, for bytes that get exactly one answer. */
export async function exchangeOne(bytes: string, url?: string): Promise<RawAnswer> {
  const answers = await exchange(bytes, url);
  const [answer] = answers;
  if (!answer || answers.length > 1) {
    throw new Error(`${String(answers.length)} answers instead of one to ${bytes.slice(0, 200)}`);
  }
  return answer;
}

/** A request that ends its connection; `headers` are whole lines. */
export function request(
  method: string,
  target: string,
  headers: readonly string[] = [],
  body = '',
): string {
  const length = body === '' ? [] : [`Content-Length: ${String(Buffer.byteLength(body))}`];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: keycap.test',
    'Connection: close',
    ...length,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** Splits what came over a connection into responses. */
export function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`not a response: ${rest.slice(0, 200)}`);
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const isHead = headers['content-length'] !== undefined && rest.length === end + 4;
    const length = isHead || status < 200 ? 0 : Number(headers['content-length'] ?? 0);
    const start = end + 4;
    if (status >= 200) answers.push({ status, headers, body: rest.slice(start, start + length) });
    rest = rest.slice(start + length);
  }
  return answers;
}
