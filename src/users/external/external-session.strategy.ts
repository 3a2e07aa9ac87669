import { Injectable } from '@nestjs/common';
import { Strategy as HttpBearerStrategy } from 'passport-http-bearer';
import { originOf } from '../../access/access-request.js';
import {
  type CredentialRequest,
  CredentialStrategyOf,
  type PresentedCredential,
} from '../../access/credentials/credential-strategy.js';
import { claimedIssuerOf } from '../../access/credentials/jwt.js';
import { type UserPrincipal } from '../../access/principal.js';
import { ExternalIdentitiesService } from './external-identities.service.js';
import { ExternalTokens } from './external-tokens.js';

/** `Authorization: Bearer <JWT of a session issuer>`: a person whom someone else has signed in. */
@Injectable()
export class ExternalSessionStrategy extends CredentialStrategyOf(
  HttpBearerStrategy,
  'external-session',
) {
  constructor(
    private readonly tokens: ExternalTokens,
    private readonly identities: ExternalIdentitiesService,
  ) {
    super();
  }

  override accepts(presented: PresentedCredential): boolean {
    return this.tokens.isIssuer(claimedIssuerOf(presented));
  }

  override async identify(request: CredentialRequest): Promise<UserPrincipal> {
    const text = request.presentedCredential?.value ?? '';
    const session = await this.tokens.verify(text, new Date());
    const userId = await this.identities.userOf(session, originOf(request));
    const { signedInAt, organization: named } = session;
    return { kind: 'user', userId, sessionId: null, signedInAt, named, organizationId: null };
  }
}
