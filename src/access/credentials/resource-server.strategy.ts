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
import { type ResourceServerPrincipal } from '../principal.js';

/** `Authorization: Bearer kcr_...`: the host's own APIs, listed in KEYCAP_RESOURCE_SERVERS. */
@Injectable()
export class ResourceServerStrategy extends CredentialStrategyOf(
  HttpBearerStrategy,
  'resource-server',
) {
  private readonly tokens: ConfiguredTokens<Config['resourceServers'][number]>;

  constructor(@Inject(RUNTIME) { config }: Runtime) {
    super();
    this.tokens = new ConfiguredTokens('kcr', config.resourceServers);
  }

  override accepts(presented: PresentedCredential): boolean {
    return this.tokens.haveShapeOf(presented);
  }

  override identify({ presentedCredential }: CredentialRequest): ResourceServerPrincipal {
    const known = this.tokens.find(presentedCredential?.value ?? '');
    if (!known) throw new Unauthenticated('unknown resource server token');
    return { kind: 'resource_server', name: known.name, resource: known.resource ?? null };
  }
}
