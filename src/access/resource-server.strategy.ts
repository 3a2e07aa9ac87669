import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Strategy as HttpBearerStrategy } from 'passport-http-bearer';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { Unauthenticated } from './access.errors.js';
import {
  type CredentialRequest,
  CredentialStrategyOf,
  type PresentedCredential,
} from './credential-strategy.js';
import { type ResourceServerPrincipal } from './principal.js';
import { equalInConstantTime } from './secret.js';

const SHAPE = /^kcr_[0-9A-Za-z]{43}$/;

/** `Authorization: Bearer kcr_...`: the host's own APIs, listed in KEYCAP_RESOURCE_SERVERS. */
@Injectable()
export class ResourceServerStrategy extends CredentialStrategyOf(
  HttpBearerStrategy,
  'resource-server',
) {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {
    super();
  }

  override accepts({ scheme, value }: PresentedCredential): boolean {
    return scheme === 'bearer' && SHAPE.test(value);
  }

  override async identify({
    presentedCredential,
  }: CredentialRequest): Promise<ResourceServerPrincipal> {
    const digest = createHash('sha256')
      .update(presentedCredential?.value ?? '')
      .digest();
    const known = this.runtime.config.resourceServers.find(({ sha256 }) =>
      equalInConstantTime(Buffer.from(sha256, 'hex'), digest),
    );
    if (!known) throw new Unauthenticated('unknown resource server token');
    return Promise.resolve({
      kind: 'resource_server',
      name: known.name,
      resource: known.resource ?? null,
    });
  }
}
