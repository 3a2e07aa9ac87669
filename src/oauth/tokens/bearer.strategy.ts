import { Inject, Injectable } from '@nestjs/common';
import { Strategy as HttpBearerStrategy } from 'passport-http-bearer';
import {
  type CredentialRequest,
  CredentialStrategyOf,
  type PresentedCredential,
} from '../../access/credentials/credential-strategy.js';
import { claimedIssuerOf } from '../../access/credentials/jwt.js';
import { type MachinePrincipal } from '../../access/principal.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { AccessTokensService } from './access-tokens.service.js';

/** Keys, sessions and the like have a brand and `_`; an opaque token has neither. */
const OPAQUE = /^[0-9A-Za-z]+$/;

/** `Authorization: Bearer <access token>` (RFC 6750 §2.1): opaque, or a JWT that we have issued. */
@Injectable()
export class BearerStrategy extends CredentialStrategyOf(HttpBearerStrategy, 'bearer') {
  constructor(
    private readonly tokens: AccessTokensService,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    super();
  }

  override accepts(presented: PresentedCredential): boolean {
    const { scheme, value } = presented;
    if (scheme !== 'bearer') return false;
    return OPAQUE.test(value) || claimedIssuerOf(presented) === this.runtime.publicUrl;
  }

  override identify({ presentedCredential, ip }: CredentialRequest): Promise<MachinePrincipal> {
    return this.tokens.identify(presentedCredential?.value ?? '', ip);
  }
}
