import { type TokenDescent } from '../../access/principal.js';
import { whyRefused } from '../authentication/client-state.js';
import { type ReadJwt } from './jwt-tokens.js';
import { type KnownToken } from './known-token.js';
import { type ReadOpaqueToken } from './opaque-tokens.js';
import { whyOutlived } from './token-descent.js';
import { type TokenRecord } from './token-records.js';
import { type TokenRights } from './token-rights.js';

/** So many bytes of an opaque token's digest name it; the token can't be had from them. */
const ID_BYTES = 16;

/** What a token says, wherever it says it. */
type Said = Pick<KnownToken, 'id' | 'scopes' | 'audience' | 'issuedAt' | 'expiresAt'> & {
  readonly descent: TokenDescent;
  readonly isRevoked: boolean;
};

/**
 * Puts together what a token says and what the database says of what it descends from.
 *
 * @param record that was found for it
 * @returns null for a token that was never issued
 */
export function knownTokenOf(
  read: ReadOpaqueToken | ReadJwt,
  record: TokenRecord,
  rights: TokenRights,
  now: Date,
): KnownToken | null {
  const said = read.format === 'jwt' ? saidByJwt(read, record) : saidByRow(record);
  if (!said) return null;
  const { id, scopes, audience, issuedAt, expiresAt, descent } = said;
  return {
    id,
    scopes,
    audience,
    issuedAt,
    expiresAt,
    descent,
    clientId: record.client_id,
    organizationId: record.organization_id,
    projectId: record.project_id,
    clientScopes: rights.ofClient(record.client_scopes, record.project_id),
    // Of a token nobody makes what outlives the secret that it was got by; with that secret he
    // gets another token, so the end of the token itself bounds nothing.
    bounds: { expiresAt: record.secret_expires_at, ipAllowlist: record.ip_allowlist },
    whyDead: whyDead(said, record, now),
    rights: null,
  };
}

function saidByRow({ stored }: TokenRecord): Said | null {
  if (!stored) return null;
  return {
    id: stored.digest.subarray(0, ID_BYTES).toString('base64url'),
    scopes: stored.scopes,
    audience: stored.audience,
    issuedAt: stored.createdAt,
    expiresAt: stored.expiresAt,
    descent: stored,
    isRevoked: stored.revokedAt !== null,
  };
}

function saidByJwt(read: ReadJwt, { stored }: TokenRecord): Said {
  return { ...read, isRevoked: stored !== null };
}

function whyDead(said: Said, record: TokenRecord, now: Date): string | null {
  if (said.isRevoked) return 'the access token is revoked';
  if (said.expiresAt <= now) return 'the access token has expired';
  if (said.audience !== null && !record.client_resources.includes(said.audience)) {
    return 'the client may no longer have tokens for that resource';
  }
  return (
    whyRefused(record) ??
    whyOutlived(said.descent, {
      organizationGeneration: record.organization_generation,
      clientGeneration: record.client_generation,
      secretGeneration: record.secret_generation,
    })
  );
}
