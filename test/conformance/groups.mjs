import { ASSERTIONS } from './groups/assertions.mjs';
import { BEARER_TOKENS } from './groups/bearer-tokens.mjs';
import { DPOP, MUTUAL_TLS } from './groups/bound-tokens.mjs';
import { CLIENT_AUTHENTICATION } from './groups/client-authentication.mjs';
import { CLIENT_CREDENTIALS } from './groups/client-credentials.mjs';
import { INTROSPECTION } from './groups/introspection.mjs';
import { JWT_ACCESS_TOKENS } from './groups/jwt-access-tokens.mjs';
import { METADATA } from './groups/metadata.mjs';
import { BEST_PRACTICE, DEVICES, RESOURCES } from './groups/practice.mjs';
import { REGISTRATION } from './groups/registration.mjs';
import { REVOCATION } from './groups/revocation.mjs';
import { TOKEN_ENDPOINT } from './groups/token-endpoint.mjs';
import { TOKEN_EXCHANGE, WORKLOADS } from './groups/token-exchange.mjs';
import { TRAPS } from './groups/traps.mjs';

/** Every requirement, in the order of docs/conformance.md. */
export const GROUPS = [
  TOKEN_ENDPOINT,
  CLIENT_AUTHENTICATION,
  CLIENT_CREDENTIALS,
  BEARER_TOKENS,
  REVOCATION,
  INTROSPECTION,
  METADATA,
  ASSERTIONS,
  JWT_ACCESS_TOKENS,
  MUTUAL_TLS,
  DPOP,
  TOKEN_EXCHANGE,
  WORKLOADS,
  REGISTRATION,
  RESOURCES,
  DEVICES,
  BEST_PRACTICE,
  TRAPS,
];
