import { Injectable } from '@nestjs/common';
import { encodeId } from '../../access/ids.js';
import { type Actor } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { OrganizationChangesService } from '../../organizations/organization-changes.service.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import { ClientSecret } from './client-secret.entity.js';
import { lockClient } from './locked-client.js';
import { OAuthClient } from './oauth-client.entity.js';
import { ClientSecretNotFound } from './oauth-clients.errors.js';

/**
 * Ends access tokens by what they descend from. Each is one row that gets a number: the work is the
 * same for one token and for a million.
 */
@Injectable()
export class TokenRevocationService {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly audit: AuditService,
    private readonly changes: OrganizationChangesService,
  ) {}

  /** @throws OAuthClientNotFound */
  ofClient(actor: Actor, clientId: string): Promise<void> {
    return this.changes.run(actor, 'exclusive', async (manager) => {
      const { organizationId, projectId } = await lockClient(manager, actor, clientId);
      await manager.increment(OAuthClient, { clientId }, 'tokenGeneration', 1);
      await this.audit.record(manager, actor, {
        action: 'oauth_client.tokens_revoked',
        organizationId,
        projectId,
        targetId: clientId,
        metadata: { of: 'client' },
      });
    });
  }

  /**
   * Those that the client got by one of its secrets, revoked or not: what a leaked one was used for.
   *
   * @throws OAuthClientNotFound
   * @throws ClientSecretNotFound
   */
  ofSecret(actor: Actor, clientId: string, id: string): Promise<void> {
    return this.changes.run(actor, 'exclusive', async (manager) => {
      const { organizationId, projectId } = await lockClient(manager, actor, clientId);
      const raised = await manager.increment(ClientSecret, { id, clientId }, 'tokenGeneration', 1);
      if (raised.affected === 0) throw new ClientSecretNotFound();
      await this.audit.record(manager, actor, {
        action: 'oauth_client.tokens_revoked',
        organizationId,
        projectId,
        targetId: clientId,
        metadata: { of: 'secret', secret_id: encodeId('clientSecret', id) },
      });
    });
  }

  /** Those of all clients of the organization. */
  ofOrganization(actor: Actor): Promise<void> {
    const { organizationId } = actor;
    return this.changes.run(actor, 'exclusive', async (manager) => {
      await this.organizations.raiseTokenGeneration(manager, organizationId);
      await this.audit.record(manager, actor, {
        action: 'oauth_client.tokens_revoked',
        organizationId,
        targetId: encodeId('organization', organizationId),
        metadata: { of: 'organization' },
      });
    });
  }
}
