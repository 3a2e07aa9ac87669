export { CreatePeople1795344000000 } from './1795344000000-create-people.js';
export { CreateOrganizations1795344001000 } from './1795344001000-create-organizations.js';
export { CreateOAuthClients1795344002000 } from './1795344002000-create-oauth-clients.js';
export { CreateApiKeys1795344003000 } from './1795344003000-create-api-keys.js';
export { CreateAuditEvents1795344004000 } from './1795344004000-create-audit-events.js';
export { CreateIdempotencyRecords1795344005000 } from './1795344005000-create-idempotency-records.js';
export { CreateSigningKeys1795344010000 } from './1795344010000-create-signing-keys.js';
export { PartitionAccessTokens1795344011000 } from './1795344011000-partition-access-tokens.js';
