import { Injectable } from '@nestjs/common';
import { Strategy as HttpBearerStrategy } from 'passport-http-bearer';
import { Unauthenticated } from '../../access/access.errors.js';
import {
  type CredentialRequest,
  CredentialStrategyOf,
  type PresentedCredential,
} from '../../access/credentials/credential-strategy.js';
import { type UserPrincipal } from '../../access/principal.js';
import { SessionsService } from './sessions.service.js';

const SHAPE = /^kcs_[0-9A-Za-z]{43}$/;

/** `Authorization: Bearer kcs_...`, or the cookie of the dashboard: a signed-in person. */
@Injectable()
export class SessionStrategy extends CredentialStrategyOf(HttpBearerStrategy, 'session') {
  constructor(private readonly sessions: SessionsService) {
    super();
  }

  override accepts({ scheme, value }: PresentedCredential): boolean {
    return (scheme === 'bearer' || scheme === 'cookie') && SHAPE.test(value);
  }

  override async identify({ presentedCredential }: CredentialRequest): Promise<UserPrincipal> {
    const session = await this.sessions.findLive(presentedCredential?.value ?? '');
    if (!session) throw new Unauthenticated('unknown session');
    if (session === 'dead') throw Unauthenticated.despiteIssue('ended or expired session');
    const { id: sessionId, userId, createdAt: signedInAt } = session;
    return { kind: 'user', userId, sessionId, signedInAt, named: null, organizationId: null };
  }
}
