import { Injectable } from '@nestjs/common';
import { Strategy as HttpBearerStrategy } from 'passport-http-bearer';
import { originOf } from '../../access/access-request.js';
import { CredentialLimitReached, Unauthenticated } from '../../access/access.errors.js';
import {
  type CredentialRequest,
  CredentialStrategyOf,
  type PresentedCredential,
} from '../../access/credentials/credential-strategy.js';
import { encodeId } from '../../access/ids.js';
import { claimedIssuerOf } from '../../access/credentials/jwt.js';
import { type MachinePrincipal } from '../../access/principal.js';
import { KeySecrets } from '../format/key-secrets.js';
import { mayBeImported } from '../imports/imported-text.js';
import { KeyVerificationService } from './key-verification.service.js';

/**
 * `Authorization: Bearer capy_live_...` or `X-API-Key: capy_live_...`: an API key. What has the shape
 * of no other credential may be an imported one; whether it begins as one is asked when it is
 * verified.
 */
@Injectable()
export class ApiKeyStrategy extends CredentialStrategyOf(HttpBearerStrategy, 'api-key') {
  constructor(
    private readonly verification: KeyVerificationService,
    private readonly secrets: KeySecrets,
  ) {
    super();
  }

  override accepts(presented: PresentedCredential): boolean {
    const { scheme, value } = presented;
    if (scheme !== 'bearer') return scheme === 'api-key';
    if (this.secrets.claimsToBeKey(value)) return true;
    return mayBeImported(value) && claimedIssuerOf(presented) === null;
  }

  override async identify(request: CredentialRequest): Promise<MachinePrincipal> {
    const { presentedCredential, ip } = request;
    const origin = originOf(request);
    const use = { ip, strangerIp: ip, userAgent: origin.userAgent, origin };
    const verdict = await this.verification.verify(presentedCredential?.value ?? '', use);
    const { code, key } = verdict;
    if (!key) throw new Unauthenticated(`API key: ${code}`);
    if (verdict.rateLimit) request.rateLimit = verdict.rateLimit;
    if (code === 'rate_limited') {
      throw new CredentialLimitReached(verdict.rateLimit?.secondsLeft ?? 1);
    }
    if (code !== 'valid') {
      throw Unauthenticated.despiteIssue(`${encodeId('apiKey', key.id)}: ${code}`);
    }
    return {
      kind: 'api_key',
      id: key.id,
      organizationId: key.organizationId,
      projectId: key.projectId,
      scopes: verdict.rights,
      bounds: { expiresAt: key.expiresAt, ipAllowlist: key.ipAllowlist },
      authenticatedAsClient: false,
      descent: null,
      needs: verdict.needs,
    };
  }
}
