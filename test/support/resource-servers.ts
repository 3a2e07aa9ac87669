import { FILES, REPORTS } from './oauth-endpoints.js';
import { testVariable } from './servers.js';

/** The shared server's resource server that sees every token. */
export const HOST = `Bearer ${testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN')}`;
/** The one that sees tokens for `REPORTS.resource` alone. */
export const REPORTS_SERVER = `Bearer ${testVariable('KEYCAP_TEST_REPORTS_SERVER_TOKEN')}`;

/** What a client may ask for that may use both resources. */
export const BOTH_RESOURCES = {
  scopes: ['read', 'write', REPORTS.scope, 'files:read'],
  resources: [REPORTS.resource, FILES.resource],
};
/** Parameters that ask for a token for a resource. */
export const FOR_REPORTS = `scope=${REPORTS.scope}&resource=${encodeURIComponent(REPORTS.resource)}`;
export const FOR_FILES = `scope=files:read&resource=${encodeURIComponent(FILES.resource)}`;
