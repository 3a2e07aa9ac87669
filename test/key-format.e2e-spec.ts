import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { KeyFormatBody } from '../src/api-keys/format/key-format.dto.js';
import { createKey } from './support/api-keys.js';
import { ask, call, newOrganization } from './support/keycap.js';
import { testVariable } from './support/servers.js';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const run = promisify(execFile);

/** As docs/key-format.md says it, with nothing of the server's: CRC-32 of ISO 3309, in base62. */
function checksumOf(head: string): string {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(head, 'ascii')) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let text = '';
  for (let place = 0; place < 6; place++) {
    text = DIGITS.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

const isValid = (key: string): boolean => checksumOf(key.slice(0, -6)) === key.slice(-6);

/** What the first group of a pattern that the server gave finds. */
function foundBy(pattern: string, text: string): string | undefined {
  return Reflect.construct(RegExp, [pattern]).exec(text)?.[1];
}

let format: KeyFormatBody;

beforeAll(async () => {
  format = await ask('GET', '/v1/key-format');
});

describe('the format of API keys', () => {
  it('is told to anyone, with a recipe that a stranger can follow', () => {
    expect(format).toMatchObject({
      brand: 'capy',
      former_brands: [],
      checksum: { algorithm: 'crc32', length: 6, alphabet: DIGITS },
    });
    expect(format.test_vectors.map(({ valid }) => valid)).toEqual([true, true, true, false]);
    for (const { key, valid } of format.test_vectors)
      expect([key, isValid(key)]).toEqual([key, valid]);
  });

  it('has test vectors that are no keys', async () => {
    const as = testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN');
    const codes = await Promise.all(
      format.test_vectors.map(async ({ key: api_key }) => {
        const { body } = await call('POST', '/v1/api-keys/verify', { as, body: { api_key } });
        return body.code;
      }),
    );
    expect(codes).toEqual(['not_found', 'not_found', 'not_found', 'malformed']);
  });

  it('holds for the keys that are made', async () => {
    const organization = await newOrganization();
    for (const environment of ['live', 'test']) {
      const { plaintext_api_key: key } = await createKey(organization, { environment });
      expect(isValid(key)).toBe(true);
      const text = `export API_KEY="${key}" # ours`;
      expect(foundBy(format.pattern, text)).toBe(key);
    }
  });

  it.each([
    (key: string) => key.slice(0, -1),
    (key: string) => `${key}0`,
    (key: string) => `x${key}`,
    (key: string) => key.replace('_live_', '_prod_'),
    (key: string) => key.replace('capy', 'copy'),
    (key: string) => key.replace(/.$/, '-'),
  ])('finds nothing else (%#)', (spoil) => {
    const { key } = format.test_vectors[0]!;
    expect(foundBy(format.pattern, spoil(key))).toBeUndefined();
  });

  it('comes as rules for scanners, which find what it finds', () => {
    const { gitleaks, trufflehog, github } = format.scanner_rules;
    const { key } = format.test_vectors[0]!;
    const regexes = [
      /^regex = '''(.*)'''$/m.exec(gitleaks)?.[1],
      /^ {6}key: '(.*)'$/m.exec(trufflehog)?.[1],
      `(?:${github.before.replace('\\A', '^')})(${github.secret_format})(?:${github.after.replace('\\z', '$')})`,
    ];
    for (const regex of regexes) expect(foundBy(regex!, `key=${key}\n`)).toBe(key);
    expect(github.test_string).toBe(key);
    for (const word of ['capy_live_', 'capy_test_']) {
      expect(gitleaks).toContain(`"${word}"`);
      expect(trufflehog).toContain(`      - ${word}\n`);
    }
  });

  it('prints the same rules by npm run scanner-rules, for brands of the environment', async () => {
    const print = async (scanner: string, brands: object): Promise<string> => {
      const env = { PATH: process.env.PATH, ...brands };
      return (await run(process.execPath, ['scripts/scanner-rules.mjs', scanner], { env })).stdout;
    };
    expect(await print('gitleaks', {})).toBe(format.scanner_rules.gitleaks);
    expect(await print('trufflehog', {})).toBe(format.scanner_rules.trufflehog);
    expect(JSON.parse(await print('github', {}))).toEqual(format.scanner_rules.github);
    const rebranded = { KEYCAP_KEY_BRAND: 'acme', KEYCAP_FORMER_BRANDS: 'capy' };
    const rule = await print('gitleaks', rebranded);
    expect(rule).toContain('(?:acme|capy)_(?:live|test)_');
    expect(rule).toContain('"acme_live_", "acme_test_", "capy_live_", "capy_test_"');
    await expect(print('nothing', {})).rejects.toMatchObject({ code: 2 });
  });
});
