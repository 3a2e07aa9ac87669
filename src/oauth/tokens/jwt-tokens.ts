import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { decodeId, encodeId, encodeOptionalId, newId } from '../../access/ids.js';
import { type TokenDescent } from '../../access/principal.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { SigningKeysService } from '../signing-keys/signing-keys.service.js';
import { type Granted, type IssuedToken } from './known-token.js';
import { claimsIn, type TokenClaims } from './token-claims.js';
import { headerOf, payloadOf, signToken } from './token-jws.js';

import { periodOf } from './token-partitions.js';

/** What a JWT of ours says, its signature checked. */
export interface ReadJwt {
  readonly format: 'jwt';
  readonly id: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Null where it is the issuer. */
  readonly audience: string | null;
  readonly descent: TokenDescent;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** Where its revocation would be stored. */
  readonly period: number;
  readonly digests: readonly Buffer[];
}

/** Tokens that whoever gets them can read (RFC 9068). None is stored unless it is revoked. */
@Injectable()
export class JwtTokens {
  private readonly issuer: string;

  constructor(
    @Inject(RUNTIME) { publicUrl }: Runtime,
    private readonly keys: SigningKeysService,
  ) {
    this.issuer = publicUrl;
  }

  async issue(client: AuthenticatedClient, granted: Granted, now: Date): Promise<IssuedToken> {
    const key = await this.keys.current(now);
    const token = await signToken(this.claimsOf(client, granted, now), key);
    const { ttlSeconds } = client.tokens;
    return { token, expiresInSeconds: ttlSeconds, scopes: granted.scopes, isNew: true };
  }

  private claimsOf(
    client: AuthenticatedClient,
    { scopes, audience }: Granted,
    now: Date,
  ): TokenClaims {
    const { secretId, ...generations } = client.descent;
    const issuedAt = Math.floor(now.getTime() / 1000);
    const projectId = encodeOptionalId('project', client.projectId);
    return {
      iss: this.issuer,
      aud: audience ?? this.issuer,
      sub: client.id,
      client_id: client.id,
      scope: scopes.join(' '),
      jti: newId(),
      iat: issuedAt,
      exp: issuedAt + client.tokens.ttlSeconds,
      keycap_organization_id: encodeId('organization', client.organizationId),
      ...(projectId !== null && { keycap_project_id: projectId }),
      keycap_generation: [
        generations.organizationGeneration,
        generations.clientGeneration,
        generations.secretGeneration,
      ],
      ...(secretId !== null && { keycap_secret_id: encodeId('clientSecret', secretId) }),
    };
  }

  /** Null for text that is no JWT which this deployment has signed as an access token. */
  async read(text: string): Promise<ReadJwt | null> {
    const claims = await this.verified(text);
    if (!claims) return null;
    const expiresAt = new Date(claims.exp * 1000);
    const [organizationGeneration, clientGeneration, secretGeneration] = claims.keycap_generation;
    return {
      format: 'jwt',
      id: claims.jti,
      clientId: claims.client_id,
      scopes: claims.scope.split(' '),
      audience: claims.aud === this.issuer ? null : claims.aud,
      descent: {
        organizationGeneration,
        clientGeneration,
        secretId: decodeId('clientSecret', claims.keycap_secret_id),
        secretGeneration,
      },
      issuedAt: new Date(claims.iat * 1000),
      expiresAt,
      period: periodOf(expiresAt),
      digests: [digestOf(claims.jti)],
    };
  }

  /** What a good signature stands for: nobody else has the key, so the claims are as they were written. */
  private async verified(text: string): Promise<TokenClaims | null> {
    const header = headerOf(text);
    const key = header && (await this.keys.verificationKey(header.kid, header.alg));
    const payload = key && (await payloadOf(text, header, key));
    const claims = payload === null ? null : claimsIn(payload);
    return claims?.iss === this.issuer ? claims : null;
  }
}

/**
 * By what a revocation is found. The id is no secret, so no pepper is needed: with one, a token
 * would come back to life where the master secret goes that its revocation was stored under.
 */
function digestOf(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}
