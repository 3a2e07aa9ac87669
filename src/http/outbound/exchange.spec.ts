import { type RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { CANARY, complaintOf, LAPTOP } from '../../../test/support/outbound.js';
import { openSink, type Sink } from '../../../test/support/sink.js';
import { until } from '../../../test/support/until.js';
import { OutboundClient } from './outbound-client.js';

const MAX_BODY_BYTES = 65_536;
const TOO_LONG = 'OutboundFailed: the answer is longer than 64 KB';
const NO_JSON = 'OutboundFailed: the answer is no acceptable JSON object';
const PATIENCE_MS = 60_000;

/** Asks a server that answers so; afterwards no connection to it is open. */
async function outcomeOf(
  answer: RequestListener,
  limitMs = PATIENCE_MS,
): Promise<{ outcome: unknown; sink: Sink }> {
  const sink = await openSink(answer);
  const client = new OutboundClient(LAPTOP, { limitMs });
  const url = `http://127.0.0.1:${sink.port}/jwks?canary=${CANARY}`;
  const outcome = await client.getJson(url).catch((error: unknown) => error);
  await until('the connection is closed', () => sink.open() === 0);
  await sink.close();
  return { outcome, sink };
}

/** As `outcomeOf`, for an answer that is none. */
async function complaintAbout(answer: RequestListener, limitMs?: number): Promise<string> {
  const { outcome } = await outcomeOf(answer, limitMs);
  return complaintOf(outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome));
}

/** Bytes in place of an answer, and the end of the connection. */
function raw(...bytes: readonly string[]): RequestListener {
  return (_request, { socket }) => socket?.end(bytes.join(''));
}

/** A JSON object of so many bytes. */
function objectOf(bytes: number): string {
  return `{"text":"${'x'.repeat(bytes - '{"text":""}'.length)}"}`;
}

describe('S61, A32: answers to outbound requests', () => {
  it('may have 64 KB, whether they say so or not', async () => {
    const body = objectOf(MAX_BODY_BYTES);
    const expected: unknown = JSON.parse(body);
    expect((await outcomeOf((_, response) => response.end(body))).outcome).toEqual(expected);
    const chunked: RequestListener = (_, response) => {
      response.write(body.slice(0, 1000));
      response.end(body.slice(1000));
    };
    expect((await outcomeOf(chunked)).outcome).toEqual(expected);
  });

  it('may not have a byte more', async () => {
    const body = objectOf(MAX_BODY_BYTES + 1);
    expect(await complaintAbout((_, response) => response.end(body))).toBe(TOO_LONG);
  });

  it.each([
    [200, TOO_LONG],
    [404, 'OutboundFailed: the answer has status 404'],
  ])('are cut off when they have no end: %i', async (status, expected) => {
    const complaint = await complaintAbout((_, response) => {
      response.writeHead(status);
      const more = (): void => {
        while (!response.destroyed && response.write(CANARY.repeat(100)));
      };
      response.on('drain', more);
      more();
    });
    expect(complaint).toBe(expected);
  });

  it.each([201, 202, 203, 206, 400, 401, 404, 418, 500, 503])(
    'may not have status %i',
    async (status) => {
      const complaint = await complaintAbout((_, response) =>
        response.writeHead(status).end(`{"canary":"${CANARY}"}`),
      );
      expect(complaint).toBe(`OutboundFailed: the answer has status ${status}`);
    },
  );

  it.each([204, 304])('may not have status %i, without a body', async (status) => {
    const complaint = await complaintAbout((_, response) => response.writeHead(status).end());
    expect(complaint).toBe(`OutboundFailed: the answer has status ${status}`);
  });

  it.each([300, 301, 302, 303, 307, 308])('may not send elsewhere by %i', async (status) => {
    const elsewhere = await openSink((_, response) => response.end('{}'));
    const location = `http://127.0.0.1:${elsewhere.port}/?${CANARY}`;
    const { outcome, sink } = await outcomeOf((_, response) =>
      response.writeHead(status, { location, refresh: `0; url=${location}` }).end('{}'),
    );
    expect(outcome).toEqual(new Error(`the answer has status ${status}`));
    expect([sink.connections(), elsewhere.connections()]).toEqual([1, 0]);
    await elsewhere.close();
  });

  it.each(['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'identity, gzip'])(
    'may not be encoded as %s',
    async (coding) => {
      const complaint = await complaintAbout((_, response) =>
        response.writeHead(200, { 'content-encoding': coding }).end(gzipSync('{"keys":[]}')),
      );
      expect(complaint).toBe('OutboundFailed: the answer is encoded');
    },
  );

  it('are not unpacked where they only look encoded', async () => {
    expect(await complaintAbout((_, response) => response.end(gzipSync('{}')))).toBe(NO_JSON);
  });

  it.each([
    ['plain text', CANARY],
    ['a page', `<html>${CANARY}</html>`],
    ['half an object', `{"keys":["${CANARY}`],
    ['an object and more', `{"keys":[]} ${CANARY}`],
    ['a list', `["${CANARY}"]`],
    ['a text', `"${CANARY}"`],
    ['a number', '1'],
    ['null', 'null'],
    ['a space', ' '],
    ['NUL', '\0'],
    ['a deep one', `{"keys":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
    ['one that reaches a prototype', `{"__proto__":{"canary":"${CANARY}"}}`],
    ['one that reaches a constructor', `{"keys":[{"constructor":"${CANARY}"}]}`],
    ['not in UTF-8', Buffer.from('{"name":"\xe9"}', 'latin1')],
  ])('are JSON objects, and may not be %s', async (_what, body) => {
    expect(await complaintAbout((_, response) => response.end(body))).toBe(NO_JSON);
  });

  it('are not empty', async () => {
    expect(await complaintAbout((_, response) => response.end())).toBe(
      'OutboundFailed: the answer is empty',
    );
  });

  it.each([
    ['fewer bytes than it says', 'ECONNRESET', 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{}'],
    [
      'no last chunk',
      'ECONNRESET',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n',
    ],
    ['nothing at all', 'ECONNRESET', ''],
    ['half a head', 'ECONNRESET', `HTTP/1.1 200 OK\r\nx-canary: ${CANARY}`],
    ['another protocol', 'HPE_INVALID_CONSTANT', `220 ${CANARY} ESMTP\r\n`],
    [
      'two lengths',
      'HPE_UNEXPECTED_CONTENT_LENGTH',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}',
    ],
    ['a head without end', 'HPE_HEADER_OVERFLOW', `HTTP/1.1 200 OK\r\nx: ${CANARY.repeat(1000)}`],
  ])('may not have %s', async (_what, code, bytes) => {
    expect(await complaintAbout(raw(bytes))).toBe(
      `OutboundFailed: there was no whole answer (${code})`,
    );
  });

  it('may not ask for another protocol', async () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n';
    expect(await complaintAbout(raw(head, CANARY))).toBe(
      'OutboundFailed: the connection closed without an answer',
    );
  });

  it('end where they say, whatever comes after', async () => {
    const answer = raw(`HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"keys":[]}${CANARY}`);
    expect((await outcomeOf(answer)).outcome).toEqual({ keys: [] });
  });

  it.each([
    ['a head', () => undefined],
    ['the rest of a head', (_, { socket }) => socket?.write('HTTP/1.1 200 OK\r\nx: ')],
    [
      'a final head after a hundred others',
      (_, { socket }) => socket?.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
    ],
    ['a body', (_, response) => response.writeHead(200).flushHeaders()],
    ['the rest of a body', (_, response) => response.write(`{"canary":"${CANARY}`)],
  ] satisfies [string, RequestListener][])(
    'are not waited for longer than the limit: %s',
    async (_what, answer) => {
      expect(await complaintAbout(answer, 200)).toBe(
        'OutboundFailed: there was no whole answer within 200 ms',
      );
    },
  );

  it('are not waited for longer because they trickle', async () => {
    const complaint = await complaintAbout((_, response) => {
      const trickle = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(trickle));
    }, 200);
    expect(complaint).toBe('OutboundFailed: there was no whole answer within 200 ms');
  });

  it('do not come from where nobody listens', async () => {
    const sink = await openSink(() => undefined);
    await sink.close();
    const client = new OutboundClient(LAPTOP, { limitMs: PATIENCE_MS });
    expect(await complaintOf(client.getJson(`http://localhost:${sink.port}/`))).toBe(
      'OutboundFailed: there was no whole answer (ECONNREFUSED)',
    );
  });
});
