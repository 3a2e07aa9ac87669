import type { ApiKeyBody } from '../../src/api-keys/api-keys.dto.js';
import { decodeId } from '../../src/access/ids.js';
import { ask, type TestOrganization } from './keycap.js';
import { testVariable } from './servers.js';

/** The wire shape without its class. */
export type KeyBody = Pick<ApiKeyBody, keyof ApiKeyBody>;

export interface Issued {
  readonly api_key: KeyBody;
  readonly plaintext_api_key: string;
}

export interface VerdictBody {
  readonly valid: boolean;
  readonly code: string;
  readonly api_key: KeyBody | null;
  readonly rate_limit: {
    readonly limit: number;
    readonly remaining: number;
    readonly reset_at: string;
  } | null;
}

export const VERIFY = '/v1/api-keys/verify';
export const VERIFY_BATCH = '/v1/api-keys/verify-batch';
/** Right in shape and checksum, and never made by a server. */
export const WELL_FORMED = 'capy_live_000000000000000000000000000000003UFVO5';

export const uuidOf = (keyId: string): string => decodeId('apiKey', keyId) ?? '';

/** A new key of the organization, made by its owner unless told otherwise. */
export function issueKey(
  organization: TestOrganization,
  more: object = {},
  as = organization.owner.session,
): Promise<Issued> {
  return ask<Issued>('POST', `${organization.path}/api-keys`, {
    as,
    body: { name: 'Verified', scopes: ['backups:read'], ...more },
    expect: 201,
  });
}

/** The verdict on a key, as one of the host's resource servers is told. */
export function verdictOn(key: Issued, more: object = {}, url?: string): Promise<VerdictBody> {
  return ask<VerdictBody>('POST', VERIFY, {
    as: testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN'),
    body: { api_key: key.plaintext_api_key, ...more },
    ...(url !== undefined && { url }),
  });
}

export async function codeOf(key: Issued, more: object = {}, url?: string): Promise<string> {
  return (await verdictOn(key, more, url)).code;
}
