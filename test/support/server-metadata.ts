import type { ServerMetadataBody } from '../../src/oauth/metadata/metadata.dto.js';
import { ask } from './keycap.js';
import { testVariable } from './servers.js';

/** The metadata of the authorization server (RFC 8414), and where others look for them. */
export const SERVER_DOCUMENT = '/.well-known/oauth-authorization-server';
export const SERVER_ALIASES = [`${SERVER_DOCUMENT}/o`, '/o/.well-known/oauth-authorization-server'];
/** The metadata of the API (RFC 9728). */
export const RESOURCE_DOCUMENT = '/.well-known/oauth-protected-resource';

export function metadataOf(url = testVariable('KEYCAP_TEST_URL')): Promise<ServerMetadataBody> {
  return ask('GET', SERVER_DOCUMENT, { url });
}

/** Where a document says something is, as a path of the server that is tested. */
export function pathIn(address: string, base = testVariable('KEYCAP_TEST_URL')): string {
  expect(address.startsWith(`${base}/`)).toBe(true);
  return address.slice(base.length);
}
