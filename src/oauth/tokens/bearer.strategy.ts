import { Injectable } from '@nestjs/common';
import { Strategy as HttpBearerStrategy } from 'passport-http-bearer';
import {
  type CredentialRequest,
  CredentialStrategyOf,
  type PresentedCredential,
} from '../../access/credential-strategy.js';
import { type MachinePrincipal } from '../../access/principal.js';
import { AccessTokensService } from './access-tokens.service.js';

/** Keys, sessions and the like have a brand and `_`; an access token has neither. */
const SHAPE = /^[0-9A-Za-z]+$/;

/** `Authorization: Bearer <access token>` (RFC 6750 §2.1). */
@Injectable()
export class BearerStrategy extends CredentialStrategyOf(HttpBearerStrategy, 'bearer') {
  constructor(private readonly tokens: AccessTokensService) {
    super();
  }

  override accepts({ scheme, value }: PresentedCredential): boolean {
    return scheme === 'bearer' && SHAPE.test(value);
  }

  override identify({ presentedCredential }: CredentialRequest): Promise<MachinePrincipal> {
    return this.tokens.identify(presentedCredential?.value ?? '');
  }
}
