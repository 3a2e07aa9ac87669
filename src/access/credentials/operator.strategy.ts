import { Inject, Injectable } from '@nestjs/common';
import { Strategy as HttpBearerStrategy } from 'passport-http-bearer';
import { type Config, type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { Unauthenticated } from '../access.errors.js';
import { ConfiguredTokens } from '../secrets/configured-token.js';
import {
  type CredentialRequest,
  CredentialStrategyOf,
  type PresentedCredential,
} from './credential-strategy.js';
import { type OperatorPrincipal } from '../principal.js';

/** `Authorization: Bearer kco_...`: internal admin tooling, listed in KEYCAP_OPERATOR_TOKENS. */
@Injectable()
export class OperatorStrategy extends CredentialStrategyOf(HttpBearerStrategy, 'operator') {
  private readonly tokens: ConfiguredTokens<Config['operatorTokens'][number]>;

  constructor(@Inject(RUNTIME) { config }: Runtime) {
    super();
    this.tokens = new ConfiguredTokens('kco', config.operatorTokens);
  }

  override accepts(presented: PresentedCredential): boolean {
    return this.tokens.haveShapeOf(presented);
  }

  override identify({ presentedCredential }: CredentialRequest): OperatorPrincipal {
    const known = this.tokens.find(presentedCredential?.value ?? '');
    if (!known) throw new Unauthenticated('unknown operator token');
    return { kind: 'operator', name: known.name };
  }
}
