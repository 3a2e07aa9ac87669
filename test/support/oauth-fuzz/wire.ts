import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { newAddress } from '../keycap.js';
import { exchangeOne, type RawAnswer } from '../raw-http.js';
import { testVariable } from '../servers.js';
import { type Pair } from './credentials.js';
import { type FuzzRequest } from './requests.js';

/** What Node's client sends as it is; the rest is written to a socket. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;
const METHOD = /^(?!CONNECT$)[A-Z-]+$/;

/** Sends requests byte for byte, over connections that stay open where that is possible. */
export class Wire {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly server = new URL(testVariable('KEYCAP_TEST_URL'));

  send(request: FuzzRequest): Promise<RawAnswer> {
    const { method, headers } = request;
    const isOrdinary = METHOD.test(method) && headers.every(([, value]) => SENDABLE.test(value));
    return isOrdinary ? this.byClient(request) : this.bySocket(request);
  }

  close(): void {
    this.agent.destroy();
  }

  private byClient(request: FuzzRequest): Promise<RawAnswer> {
    const { hostname, port } = this.server;
    const { method, target: path, body } = request;
    const headers = this.headersOf(request).flat();
    return new Promise((resolve, reject) => {
      httpRequest({ hostname, port, method, path, headers, agent: this.agent })
        .on('response', (response) => void answerOf(response).then(resolve, reject))
        .on('error', reject)
        .end(Buffer.from(body, 'latin1'));
    });
  }

  private bySocket(request: FuzzRequest): Promise<RawAnswer> {
    const { method, target, body } = request;
    const lines = [...this.headersOf(request), ['Connection', 'close']].map((pair) =>
      pair.join(': '),
    );
    return exchangeOne(`${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${body}`);
  }

  /** Each request comes from an address of its own, so that none is throttled. */
  private headersOf({ headers, body }: FuzzRequest): Pair[] {
    return [
      ['Host', this.server.host],
      ['X-Forwarded-For', newAddress()],
      ['Content-Length', String(body.length)],
      ...headers,
    ];
  }
}

async function answerOf(response: IncomingMessage): Promise<RawAnswer> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(parts).toString('latin1'),
  };
}
