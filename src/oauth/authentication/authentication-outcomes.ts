import { Injectable } from '@nestjs/common';
import { Unauthenticated } from '../../access/access.errors.js';
import { addressKey } from '../../access/addresses/address-key.js';
import { FailureThrottle } from '../../access/throttling/failure-throttle.js';
import { type Origin } from '../../access/principal.js';
import { RefusalsService } from '../../audit/refusals.service.js';
import { type KnownClient } from './client-directory.js';
import { ClientUseRecorder } from './client-use-recorder.js';

const COUNTED_ID_LENGTH = 64;

/** What follows from an attempt of a client to authenticate. */
@Injectable()
export class AuthenticationOutcomes {
  constructor(
    private readonly throttle: FailureThrottle,
    private readonly uses: ClientUseRecorder,
    private readonly refusals: RefusalsService,
  ) {}

  /**
   * Good credentials always work, however many bad ones came before, and make them forgotten.
   *
   * @param secretId UUID of the secret; null for a client that signed
   */
  async succeeded(clientId: string, secretId: string | null, origin: Origin): Promise<void> {
    const { ip } = origin;
    const key = clientAtAddress(clientId, ip);
    await this.throttle.forgive('clientSecretFailuresPerClientPerMinute', key);
    this.uses.record({ clientId, secretId, at: new Date(), ip });
  }

  /**
   * @param reason for the log and the audit view of the organization, if there is one
   * @throws Unauthenticated
   * @throws TooManyRequests instead, beyond the limits
   */
  async failed(
    clientId: string,
    client: KnownClient | null,
    reason: string,
    origin: Origin,
  ): Promise<never> {
    if (client) {
      this.refusals.note(
        { kind: 'oauth_client', id: client.client_id, organizationId: client.organization_id },
        { action: 'oauth_client.refused', projectId: client.project_id, reason, origin },
      );
    }
    // The address first: beyond its limit whoever invents ids gets no counter for each of them.
    await this.throttle.count('clientSecretFailuresPerAddressPerMinute', addressKey(origin.ip));
    const key = clientAtAddress(clientId, origin.ip);
    await this.throttle.count('clientSecretFailuresPerClientPerMinute', key);
    throw new Unauthenticated(reason);
  }
}

function clientAtAddress(clientId: string, ip: string): string {
  return `${clientId.slice(0, COUNTED_ID_LENGTH)} ${addressKey(ip)}`;
}
