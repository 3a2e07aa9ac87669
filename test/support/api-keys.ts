import type { ApiKeyBody } from '../../src/api-keys/api-keys.dto.js';
import { decodeId } from '../../src/access/ids.js';
import type { Answer, ErrorBody } from './keycap.js';
import { ask, call, inDatabase, type TestOrganization } from './keycap.js';

/** The wire shape without its class. */
export type KeyBody = Pick<ApiKeyBody, keyof ApiKeyBody>;

export interface IssuedKey {
  readonly api_key: KeyBody;
  readonly plaintext_api_key: string;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const uuidOfKey = (id: string): string => decodeId('apiKey', id) ?? '';
export const inOneHour = (): string => new Date(Date.now() + HOUR_MS).toISOString();
export const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

/** Status and code of a refusal, whose `error` is a sentence as in every `/v1` body. */
export function refusalOf({ status, body }: Answer<unknown>): [number, string] {
  const { error, code, request_id } = body as ErrorBody;
  expect([typeof error, typeof request_id]).toEqual(['string', 'string']);
  return [status, code];
}

/** A new key, made by the owner unless by someone else. */
export function createKey(
  organization: TestOrganization,
  more: object = {},
  as = organization.owner.session,
): Promise<IssuedKey> {
  const body = { name: 'CI', scopes: ['credentials:read'], ...more };
  return ask('POST', `${organization.path}/api-keys`, { as, body, expect: 201 });
}

/** The answer to an attempt to make one. */
export function tryToCreateKey(
  organization: TestOrganization,
  more: object = {},
  as = organization.owner.session,
): Promise<Answer<IssuedKey>> {
  const body = { name: 'CI', scopes: ['credentials:read'], ...more };
  return call('POST', `${organization.path}/api-keys`, { as, body });
}

export async function readKey({ path, owner }: TestOrganization, id: string): Promise<KeyBody> {
  const as = owner.session;
  return (await ask<{ api_key: KeyBody }>('GET', `${path}/api-keys/${id}`, { as })).api_key;
}

export function changeKey(
  { path, owner }: TestOrganization,
  id: string,
  body: object,
  as = owner.session,
): Promise<Answer<{ api_key: KeyBody }>> {
  return call('PATCH', `${path}/api-keys/${id}`, { as, body });
}

export function rotateKey(
  { path, owner }: TestOrganization,
  id: string,
  body: object = {},
  as = owner.session,
): Promise<Answer<IssuedKey>> {
  return call('POST', `${path}/api-keys/${id}/rotate`, { as, body });
}

/** Whether the key is let in at Keycap's own API. */
export async function worksAtApi(plaintext: string): Promise<boolean> {
  const { status } = await call('GET', '/v1/me', { as: plaintext });
  return status === 200;
}

/** Copies a key as often as wanted, into names such as `Bulk 1`; nobody has what they are called by. */
export async function copyKey(id: string, count: number): Promise<void> {
  await inDatabase(
    `INSERT INTO api_keys
     SELECT copied.* FROM api_keys k, generate_series(1, $2::int) n,
            jsonb_populate_record(k, jsonb_build_object(
              'id', gen_random_uuid(), 'name', 'Bulk ' || n,
              'digest', '\\x' || md5(random()::text) || md5(random()::text))) copied
      WHERE k.id = $1`,
    [uuidOfKey(id), count],
  );
}

/** Lets an active key's time be over. */
export async function expireKey(id: string): Promise<void> {
  await inDatabase(`UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`, [
    uuidOfKey(id),
  ]);
}
