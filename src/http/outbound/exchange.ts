import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { OutboundFailed } from './outbound.errors.js';

/** Of a body, counted as it arrives. */
const MAX_BODY_BYTES = 64 * 1024;
/** How long the first address may take to connect before the one of the other family is tried. */
const CONNECT_ATTEMPT_MS = 1000;

const HEADERS = {
  accept: 'application/json',
  'accept-encoding': 'identity',
  'user-agent': 'Keycap',
};

/** One request and where it goes. */
export interface Exchange {
  readonly url: URL;
  /** What the host was resolved to: connections are made to these and no others. */
  readonly addresses: readonly string[];
  readonly signal: AbortSignal;
  /** PEM of the authority to trust instead of those that Node trusts. */
  readonly ca: string | undefined;
}

/**
 * GETs the URL and gives the body of a 200 of at most 64 KB, sent as it is. The connection is used
 * for this exchange alone, follows no redirect, and is closed as soon as the answer is not wanted.
 * @throws OutboundFailed for any other answer
 * @throws Error as Node has it when there is no answer
 */
export async function getBody(exchange: Exchange): Promise<Buffer> {
  const answer = await send(exchange);
  try {
    refuseUnlessPlain(answer);
    return await bytesOf(answer);
  } finally {
    answer.destroy();
  }
}

function send(exchange: Exchange): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = open(exchange).on('response', resolve).on('error', reject);
    // Without an error before it where the answer is 101, which nobody asked for.
    request.on('close', () =>
      reject(new OutboundFailed('the connection closed without an answer')),
    );
  });
}

function open({ url, addresses, signal, ca }: Exchange): http.ClientRequest {
  const request = { headers: HEADERS, signal };
  const connection = {
    lookup: pinnedTo(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: CONNECT_ATTEMPT_MS,
  };
  if (url.protocol === 'http:') {
    return http.get(url, { ...request, agent: new http.Agent(connection) });
  }
  // Verified whatever NODE_TLS_REJECT_UNAUTHORIZED says.
  const agent = new https.Agent({ ...connection, ca, rejectUnauthorized: true });
  return https.get(url, { ...request, agent });
}

/** Answers Node's question for the host's addresses: at most one of each family. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const pinned = [4, 6].flatMap((family) =>
    addresses
      .filter((address) => isIP(address) === family)
      .slice(0, 1)
      .map((address) => ({ address, family })),
  );
  // Not at once: nobody listens yet for the error of a connection that fails at once.
  return (_name, _options, callback) => process.nextTick(callback, null, pinned);
}

function refuseUnlessPlain({ statusCode, headers }: http.IncomingMessage): void {
  if (statusCode !== 200) throw new OutboundFailed(`the answer has status ${statusCode ?? 0}`);
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity') throw new OutboundFailed('the answer is encoded');
}

async function bytesOf(answer: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new OutboundFailed('the answer is longer than 64 KB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
