import { type RequestListener } from 'node:http';
import { Logger } from '@nestjs/common';
import { exportJWK, generateKeyPair } from 'jose';
import { LAPTOP } from '../../../test/support/outbound.js';
import { openSink, type Sink } from '../../../test/support/sink.js';
import { until } from '../../../test/support/until.js';
import { OutboundClient } from '../../http/outbound/outbound-client.js';
import { PublishedKeys } from './published-keys.js';

const START = Date.parse('2031-02-03T04:05:06Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const after = (milliseconds: number): Date => new Date(START + milliseconds);

describe('the keys that a client publishes', () => {
  let sink: Sink;
  let address: string;
  let published: PublishedKeys;
  let publicJwk: object;
  let answer: RequestListener;

  const answering =
    (...kids: string[]): RequestListener =>
    (_request, response) =>
      response.end(JSON.stringify({ keys: kids.map((kid) => ({ ...publicJwk, kid })) }));
  const unavailable: RequestListener = (_request, response) => response.writeHead(503).end();
  /** The kids that are known of, at a time after the start; null where there is no set. */
  const kids = async (keyId?: string, at = 0): Promise<string | null> => {
    const set = await published.find(address, keyId, after(at));
    return set && (set.keys as { kid: string }[]).map(({ kid }) => kid).join();
  };

  beforeAll(async () => {
    Logger.overrideLogger(false);
    publicJwk = await exportJWK((await generateKeyPair('ES256')).publicKey);
  });

  beforeEach(async () => {
    answer = answering('a');
    sink = await openSink((request, response) => answer(request, response));
    address = `http://127.0.0.1:${sink.port}/jwks.json`;
    published = new PublishedKeys(new OutboundClient(LAPTOP, { limitMs: MINUTE }));
  });

  afterEach(() => sink.close());

  it('PK-06 are fetched once for many who ask, at once and later', async () => {
    const first = await Promise.all(Array.from({ length: 20 }, () => kids('a')));
    expect(first).toEqual(Array.from({ length: 20 }, () => 'a'));
    expect(await kids('a', 5 * MINUTE - 1)).toBe('a');
    expect(await kids(undefined, 5 * MINUTE - 1)).toBe('a');
    expect(sink.requests).toHaveLength(1);
  });

  it('PK-06 are believed for five minutes', async () => {
    await kids('a');
    answer = answering('b');
    expect(await kids('a', 5 * MINUTE - 1)).toBe('a');
    expect(await kids('a', 5 * MINUTE)).toBe('b');
    expect(await kids(undefined, 9 * MINUTE)).toBe('b');
    expect(sink.requests).toHaveLength(2);
  });

  it('PK-06 are fetched again for an unknown kid, once in 30 seconds', async () => {
    await kids('a');
    answer = answering('a', 'b');
    const many = (at: number): Promise<(string | null)[]> =>
      Promise.all(Array.from({ length: 50 }, (_, index) => kids(`unknown ${index}`, at)));
    expect(new Set(await many(30 * SECOND - 1))).toEqual(new Set(['a']));
    expect(sink.requests).toHaveLength(1);
    expect(new Set(await many(30 * SECOND))).toEqual(new Set(['a,b']));
    expect(sink.requests).toHaveLength(2);
    expect(new Set(await many(60 * SECOND - 1))).toEqual(new Set(['a,b']));
    expect(sink.requests).toHaveLength(2);
    expect(new Set(await many(60 * SECOND))).toEqual(new Set(['a,b']));
    expect(sink.requests).toHaveLength(3);
  });

  it('PK-06 may be replaced: the new key works, and the old one no longer', async () => {
    expect(await kids('a')).toBe('a');
    answer = answering('b');
    expect(await kids('b', 31 * SECOND)).toBe('b');
    expect(await kids('a', 32 * SECOND)).toBe('b');
    expect(sink.requests).toHaveLength(2);
  });

  it('that are known wait for no fetch that another one asked for', async () => {
    await kids('a');
    let release: () => void = () => undefined;
    answer = (_request, response) => {
      release = () => answering('b')(_request, response);
    };
    const waiting = kids('b', 31 * SECOND);
    await until('the second fetch is on its way', () => sink.requests.length === 2);
    expect(await kids('a', 32 * SECOND)).toBe('a');
    release();
    expect(await waiting).toBe('b');
  });

  it('stay while they are believed, though a fetch for another kid fails', async () => {
    await kids('a');
    answer = unavailable;
    expect(await kids('b', 31 * SECOND)).toBe('a');
    expect(await kids('a', 32 * SECOND)).toBe('a');
    expect(await kids('a', 5 * MINUTE)).toBeNull();
    answer = answering('a');
    expect(await kids('a', 5 * MINUTE + 30 * SECOND)).toBe('a');
    expect(sink.requests).toHaveLength(4);
  });

  it('that cannot be had are asked for again after 30 seconds', async () => {
    answer = unavailable;
    const many = await Promise.all(Array.from({ length: 20 }, () => kids('a')));
    expect(new Set(many)).toEqual(new Set([null]));
    answer = answering('a');
    expect(await kids('a', 30 * SECOND - 1)).toBeNull();
    expect(sink.requests).toHaveLength(1);
    expect(await kids('a', 30 * SECOND)).toBe('a');
    expect(sink.requests).toHaveLength(2);
  });

  it('are forgotten where many others were asked for since', async () => {
    const addressOf = (index: number): string => `http://127.0.0.1:${sink.port}/${index}`;
    await kids('a');
    for (let index = 0; index < 999; index++) await published.find(addressOf(index), 'a', after(0));
    await kids('a');
    expect(sink.requests).toHaveLength(1000);
    // One too many: the one that waited longest goes, and that is not the first one.
    await published.find(addressOf(999), 'a', after(0));
    await kids('a');
    expect(sink.requests).toHaveLength(1001);
    await published.find(addressOf(0), 'a', after(0));
    expect(sink.requests).toHaveLength(1002);
  });
});
