/** Where the endpoints are: what is served and what is advertised come from here. */
export const TOKEN_PATH = 'o/token';
export const INTROSPECTION_PATH = 'o/introspect';
export const BATCH_INTROSPECTION_PATH = 'o/introspect-batch';
export const REVOCATION_PATH = 'o/revoke_token';
export const JWKS_PATH = 'o/.well-known/jwks.json';
