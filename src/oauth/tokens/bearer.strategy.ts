import { Injectable } from '@nestjs/common';
import { Strategy as HttpBearerStrategy } from 'passport-http-bearer';
import {
  type CredentialRequest,
  CredentialStrategyOf,
  type PresentedCredential,
} from '../../access/credential-strategy.js';
import { type MachinePrincipal } from '../../access/principal.js';
import { AccessTokensService } from './access-tokens.service.js';

/** Keys, sessions and the like have a brand and `_`; an opaque token has neither. */
const OPAQUE = /^[0-9A-Za-z]+$/;
/** Three parts in base64url (RFC 7515 §3.1). */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** `Authorization: Bearer <access token>` (RFC 6750 §2.1). */
@Injectable()
export class BearerStrategy extends CredentialStrategyOf(HttpBearerStrategy, 'bearer') {
  constructor(private readonly tokens: AccessTokensService) {
    super();
  }

  override accepts({ scheme, value }: PresentedCredential): boolean {
    return scheme === 'bearer' && (OPAQUE.test(value) || JWT.test(value));
  }

  override identify({ presentedCredential, ip }: CredentialRequest): Promise<MachinePrincipal> {
    return this.tokens.identify(presentedCredential?.value ?? '', ip);
  }
}
