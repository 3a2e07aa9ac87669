import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { call } from './support/keycap.js';
import { testVariable } from './support/servers.js';

const BUILT = resolve(import.meta.dirname, '../dist/dashboard');
const ASSETS = join(BUILT, 'assets');
/** Compressed bytes of JavaScript, at most. */
const SIGN_IN_LIMIT = 150 * 1024;
const ANY_PAGE_LIMIT = 300 * 1024;

const PLACES = ['', '/', '/sign-in', '/orgs/acme/api-keys?status=active', '/no/such/page'];

/** A file of the build, as a browser gets it. */
async function fetched(file: string, encoding: string) {
  const response = await fetch(`${testVariable('KEYCAP_TEST_URL')}/dashboard/assets/${file}`, {
    headers: { 'accept-encoding': encoding },
  });
  return response;
}

const scriptNames = async (): Promise<string[]> =>
  (await readdir(ASSETS)).filter((name) => name.endsWith('.js'));

describe.each(PLACES)('/dashboard%s', (place) => {
  it('is the page, which is not stored and runs nothing but its own files', async () => {
    const { status, headers, text } = await call('GET', `/dashboard${place}`);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-store',
    ]);
    expect(text).not.toMatch(/<script(?![^>]* src="\/dashboard\/assets\/)[^>]*>/);
    expect(text).not.toMatch(/<style|\sstyle="|\son\w+="/);
  });

  it('S22: S23: has a policy of its own for its styles, and is in no frame', async () => {
    const read = async () => {
      const { headers, text } = await call('GET', `/dashboard${place}`);
      const policy = headers.get('content-security-policy') ?? '';
      const [, nonce = ''] = /'nonce-([\w-]+)'/.exec(policy) ?? [];
      expect(text).toContain(`nonce="${nonce}"`);
      expect(policy.replace(nonce, '<nonce>').split('; ')).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'nonce-<nonce>'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
      ]);
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      return nonce;
    };
    const nonces = [await read(), await read()];
    expect(nonces[0]).toMatch(/^[\w-]{24}$/);
    expect(nonces[0]).not.toBe(nonces[1]);
  });
});

/** Nothing that is no page may load, frame or be anything; only pages say more. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': null,
  'x-content-type-options': 'nosniff',
  'x-powered-by': null,
  server: null,
};

it('S22: what is no page of the dashboard is said to be nothing that loads or is framed', async () => {
  const [script = ''] = await scriptNames();
  const answers = [
    await call('GET', `/dashboard/assets/${script}`),
    await call('HEAD', `/dashboard/assets/${script}`),
    await call('GET', '/dashboard/assets/nothing.js'),
    await call('POST', `/dashboard/assets/${script}`),
    await call('DELETE', '/dashboard'),
    await call('GET', '/dashboard/%ff'),
    await call('GET', `/dashboard/${'x'.repeat(9000)}`),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 405, 405, 400, 414]);
  for (const { headers } of answers) {
    const names = Object.keys(SECURITY_HEADERS);
    expect(Object.fromEntries(names.map((name) => [name, headers.get(name)]))).toEqual(
      SECURITY_HEADERS,
    );
  }
});

describe('the files of the dashboard', () => {
  it('are kept for ever, compressed as small as the browser takes them', async () => {
    const [script = ''] = await scriptNames();
    const original = await readFile(join(ASSETS, script));
    const forms = [
      ['br, gzip', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['identity', null, (bytes: Buffer) => bytes],
    ] as const;
    for (const [accepted, encoding, decoded] of forms) {
      // Node's fetch would decode them.
      const { headers } = await fetched(script, accepted);
      expect([
        headers.get('content-type'),
        headers.get('cache-control'),
        headers.get('content-encoding'),
        headers.get('vary'),
      ]).toEqual([
        'text/javascript; charset=utf-8',
        'public, max-age=31536000, immutable',
        encoding,
        'Accept-Encoding',
      ]);
      const stored = `${script}${{ br: '.br', gzip: '.gz', identity: '' }[encoding ?? 'identity']}`;
      const bytes = await readFile(join(ASSETS, stored));
      expect(decoded(bytes).equals(original)).toBe(true);
      expect(Number(headers.get('content-length'))).toBe(bytes.length);
    }
  });

  it('are those of the build and no others', async () => {
    const [script = ''] = await scriptNames();
    const others = ['nothing.js', '..%2findex.html', '%2e%2e%2findex.html', `${script}.br`, 'x'];
    for (const name of others) {
      const { status, body } = await call('GET', `/dashboard/assets/${name}`);
      expect([name, status, body.code]).toEqual([name, 404, 'not_found']);
    }
    const wrong = await call('POST', `/dashboard/assets/${script}`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('say nothing of where they were built, and hold no map of the sources', async () => {
    for (const name of await readdir(ASSETS)) {
      expect(name).toMatch(/^[\w.-]+-[\w-]{8}\.(?:js|css|svg)(?:\.br|\.gz)?$/);
      if (!name.endsWith('.js')) continue;
      const text = await readFile(join(ASSETS, name), 'utf8');
      expect(text).not.toContain(resolve(import.meta.dirname, '..'));
      expect(text).not.toContain('sourceMappingURL');
    }
  });
});

describe('the size of the dashboard', () => {
  /** The scripts that a script imports at once, itself included. */
  async function needed(name: string, seen = new Set<string>()): Promise<Set<string>> {
    if (seen.has(name)) return seen;
    seen.add(name);
    const text = await readFile(join(ASSETS, name), 'utf8');
    const imports = text.matchAll(/(?:from|import)\s*["`]\.\/([\w.-]+\.js)["`]/g);
    for (const [, other = ''] of imports) await needed(other, seen);
    return seen;
  }

  const sizeOf = async (names: Iterable<string>): Promise<number> => {
    const sizes = [...names].map(
      async (name) => (await readFile(join(ASSETS, `${name}.br`))).length,
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  };

  const entry = async (): Promise<string> => {
    const page = await readFile(join(BUILT, 'index.html'), 'utf8');
    return /<script[^>]* src="\/dashboard\/assets\/([^"]+)"/.exec(page)?.[1] ?? '';
  };

  it('is at most 150 KB of JavaScript where one signs in, with the words of any language', async () => {
    const first = await needed(await entry());
    const words = (await scriptNames()).filter((name) => /^(?:en|de)-/.test(name));
    expect(words).toHaveLength(2);
    for (const language of words) {
      expect(await sizeOf(new Set([...first, language]))).toBeLessThanOrEqual(SIGN_IN_LIMIT);
    }
  });

  it('is at most 300 KB on any page', async () => {
    const first = await needed(await entry());
    const shell = (await scriptNames()).find((name) => name.startsWith('Shell-')) ?? '';
    const around = await needed(shell, new Set(first));
    for (const name of await scriptNames()) {
      const all = await needed(name, new Set(around));
      expect([name, (await sizeOf(all)) <= ANY_PAGE_LIMIT]).toEqual([name, true]);
    }
  });
});
