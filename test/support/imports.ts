import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { hashSync as argon2Sync } from '@node-rs/argon2';
import { hashSync as bcryptSync } from '@node-rs/bcrypt';
import type {
  ImportedKeyRequest,
  ImportResultBody,
} from '../../src/api-keys/imports/key-import.dto.js';
import type { KeyBody } from './api-keys.js';
import { uuidOfKey } from './api-keys.js';
import type { Answer, ErrorBody } from './keycap.js';
import { ask, call, inDatabase, type TestOrganization } from './keycap.js';
import { testVariable } from './servers.js';

/** A row as it is sent. */
export type ImportedRow = Omit<ImportedKeyRequest, 'toDraft'>;
type Result = Pick<ImportResultBody, Exclude<keyof ImportResultBody, 'api_key'>> & {
  readonly api_key: KeyBody | null;
};
type ImportAnswer = { readonly results: readonly Result[] } & ErrorBody;

/** Hashes as other systems store them, at costs that tests can bear. */
const HASHES = {
  'sha256 in hexadecimal': ['sha256', (key: string) => digestOf('sha256', key).toString('hex')],
  'sha256 in base64url': ['sha256', (key: string) => digestOf('sha256', key).toString('base64url')],
  sha512: ['sha512', (key: string) => digestOf('sha512', key).toString('hex')],
  bcrypt: ['bcrypt', (key: string) => bcryptSync(key, 4)],
  argon2id: [
    'argon2',
    (key: string) =>
      argon2Sync(key, {
        memoryCost: 64,
        timeCost: 1,
        parallelism: 1,
      }),
  ],
  pbkdf2_sha256: ['pbkdf2_sha256', pbkdf2Of],
} as const;
export type HashName = keyof typeof HASHES;
export const HASH_NAMES = Object.keys(HASHES) as HashName[];
export const SLOW_HASHES = ['bcrypt', 'argon2id', 'pbkdf2_sha256'] as const;

function digestOf(algorithm: string, key: string): Buffer {
  return createHash(algorithm).update(key).digest();
}

function pbkdf2Of(key: string): string {
  const salt = randomBytes(11).toString('hex');
  const hash = pbkdf2Sync(key, salt, 100, 32, 'sha256').toString('base64');
  return `pbkdf2_sha256$100$${salt}$${hash}`;
}

/** A prefix that no other test uses. */
export const newPrefix = (): string => `x${randomBytes(4).toString('hex')}_`;

/** A key of another system, and the row that imports it. */
export interface ForeignKey {
  readonly plaintext: string;
  readonly row: ImportedRow;
}

export function foreignKey(
  hash: HashName = 'sha256 in hexadecimal',
  { prefix = newPrefix(), ...more }: { prefix?: string } & Partial<ImportedRow> = {},
): ForeignKey {
  const plaintext = prefix + randomBytes(16).toString('hex');
  const [algorithm, hashOf] = HASHES[hash];
  const row = { name: 'Acme', scopes: ['credentials:read'], key_prefix: prefix, algorithm };
  return { plaintext, row: { ...row, hash: hashOf(plaintext), ...more } };
}

/** Any rows, as the owner unless as someone else. */
export function tryToImport(
  { path, owner }: TestOrganization,
  keys: unknown,
  { as = owner.session, url, ...more }: { as?: string; dry_run?: unknown; url?: string } = {},
): Promise<Answer<ImportAnswer>> {
  const body = { keys, ...more };
  return call('POST', `${path}/api-keys/import`, {
    as,
    body,
    ...(url === undefined ? {} : { url }),
  });
}

/** Rows that are all imported. @returns their keys */
export async function importKeys(
  organization: TestOrganization,
  rows: readonly ImportedRow[],
): Promise<KeyBody[]> {
  const { body } = await tryToImport(organization, rows);
  return body.results.map(({ api_key, error }) => {
    if (!api_key) throw new Error(`a row was not imported: ${error ?? 'no results'}`);
    return api_key;
  });
}

/** A foreign key that the organization has imported. */
export async function importedKey(
  organization: TestOrganization,
  ...wanted: Parameters<typeof foreignKey>
): Promise<{ plaintext: string; key: KeyBody }> {
  const { plaintext, row } = foreignKey(...wanted);
  const [key] = await importKeys(organization, [row]);
  return { plaintext, key: key! };
}

/** The verdict of the host's resource server on a key. */
export async function verdictOn(
  plaintext: string,
  {
    as = testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN'),
    ...more
  }: { as?: string; scope?: string } = {},
): Promise<{ code: string; api_key: KeyBody | null }> {
  return ask('POST', '/v1/api-keys/verify', { as, body: { api_key: plaintext, ...more } });
}

/** Whether a key is known by a digest of Keycap's own, and whether its former hash is gone. */
export async function isMoved({ id }: { id: string }): Promise<readonly [boolean, boolean]> {
  const [row] = await inDatabase<{ moved: boolean; gone: boolean }>(
    `SELECT k.digest IS NOT NULL AS moved, h.slow_hash IS NULL AS gone
       FROM api_keys k JOIN imported_hashes h ON h.key_id = k.id WHERE k.id = $1`,
    [uuidOfKey(id)],
  );
  return [row!.moved, row!.gone];
}
