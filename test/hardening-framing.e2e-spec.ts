import type { ErrorBody } from './support/keycap.js';
import { answersIn, exchange, exchangeOne, openConnection, request } from './support/raw-http.js';

describe('S50: framing', () => {
  const post = (...lines: string[]): string =>
    ['POST /v1/sessions HTTP/1.1', 'Content-Type: application/json', ...lines].join('\r\n');
  const HOST = 'Host: keycap.test';

  it.each([
    [
      'Content-Length and Transfer-Encoding',
      post(HOST, 'Content-Length: 2', 'Transfer-Encoding: chunked', '', '0', '', ''),
    ],
    [
      'two different Content-Length',
      post(HOST, 'Content-Length: 2', 'Content-Length: 3', '', '{}'),
    ],
    ['two equal Content-Length', post(HOST, 'Content-Length: 2', 'Content-Length: 2', '', '{}')],
    ['a negative Content-Length', post(HOST, 'Content-Length: -1', '', '')],
    ['a Content-Length with a plus', post(HOST, 'Content-Length: +2', '', '{}')],
    [
      'a chunk size that is none',
      post(HOST, 'Transfer-Encoding: chunked', '', 'xyz', '{}', '0', '', ''),
    ],
    [
      'a chunk longer than its size',
      post(HOST, 'Transfer-Encoding: chunked', '', '1', '{}', '0', '', ''),
    ],
    ['an unknown transfer coding', post(HOST, 'Transfer-Encoding: xchunked', '', '0', '', '')],
    ['chunked that is not last', post(HOST, 'Transfer-Encoding: chunked, gzip', '', '0', '', '')],
    ['bare LF line ends', post(HOST, 'Content-Length: 2', '', '{}').replaceAll('\r\n', '\n')],
    ['a folded header', post(HOST, 'X-A: b', ' c', 'Content-Length: 2', '', '{}')],
    ['a space before the colon', post('Host : keycap.test', 'Content-Length: 2', '', '{}')],
    ['NUL in a header', post(HOST, 'X-A: b\0c', 'Content-Length: 2', '', '{}')],
    ['two Host headers', post(HOST, 'Host: evil.test', 'Content-Length: 2', '', '{}')],
    ['two equal Host headers', post(HOST, HOST, 'Content-Length: 2', '', '{}')],
    ['no Host header', post('Content-Length: 2', '', '{}')],
    [
      'two Content-Type headers',
      post(HOST, 'Content-Type: text/plain', 'Content-Length: 2', '', '{}'),
    ],
    [
      'two Authorization headers',
      post(
        HOST,
        'Authorization: Bearer a',
        'Authorization: Bearer b',
        'Content-Length: 2',
        '',
        '{}',
      ),
    ],
    [
      'two X-API-Key headers',
      post(HOST, 'X-API-Key: a', 'X-API-Key: b', 'Content-Length: 2', '', '{}'),
    ],
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('400 for %s', async (_name, bytes) => {
    const { socket, closed } = await openConnection();
    socket.end(bytes, 'latin1');
    const [answer, ...more] = answersIn(await closed);
    expect(answer?.status).toBe(400);
    expect(answer?.body).toMatch(
      /^\{"error":"[^"]+","code":"[a-z_]+","request_id":"[\w-]{1,64}"\}$/,
    );
    expect(answer?.headers['x-request-id']).toBe(
      (JSON.parse(answer?.body ?? '') as ErrorBody).request_id,
    );
    // Nothing of what followed counts as a further request.
    expect(more).toEqual([]);
  });

  it("does not answer what can't be read into the midst of an earlier answer", async () => {
    const { socket, closed } = await openConnection();
    socket.write('GET /health/ready HTTP/1.1\r\nHost: k\r\n\r\nnonsense\r\n\r\n');
    const answers = answersIn(await closed);
    expect(answers.map(({ status }) => status)).not.toContain(400);
  });

  it('ignores an expectation that it does not know, and honours 100-continue', async () => {
    const get = await exchangeOne(request('GET', '/health/live', ['Expect: a-miracle']));
    expect(get.status).toBe(200);
    const body = JSON.stringify({ email: 'nobody@keycap.test', password: 'x' });
    const headers = ['Content-Type: application/json', 'Expect: 100-continue'];
    const answers = await exchange(request('POST', '/v1/sessions', headers, body));
    expect(answers.map(({ status }) => status)).toEqual([401]);
  });

  it('sees a repeated header, however many others stand before it', async () => {
    const others = Array.from({ length: 1100 }, () => 'a:');
    for (const header of [
      'Host: evil.test',
      'Authorization: Bearer a\r\nAuthorization: Bearer b',
    ]) {
      const { status } = await exchangeOne(request('GET', '/health/live', [...others, header]));
      expect(status).toBe(400);
    }
  });

  it('answers HTTP/1.0, which has no Host', async () => {
    expect((await exchangeOne('GET /health/live HTTP/1.0\r\n\r\n')).status).toBe(200);
  });
});
