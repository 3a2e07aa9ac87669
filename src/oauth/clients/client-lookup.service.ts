import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import {
  type FoundCredential,
  whyOrganizationDead,
} from '../../access/credentials/found-credential.js';
import { isClientId } from './client-id.js';
import { OAuthClient } from './oauth-client.entity.js';

interface OrganizationColumns {
  readonly organization_deleted_at: Date | null;
  readonly organization_suspended_at: Date | null;
}

/** Finds clients of any organization, dead ones too. */
@Injectable()
export class ClientLookupService {
  constructor(@InjectRepository(OAuthClient) private readonly clients: Repository<OAuthClient>) {}

  async find(clientId: string): Promise<FoundCredential[]> {
    if (!isClientId(clientId)) return [];
    const { entities, raw } = await this.clients
      .createQueryBuilder('client')
      .innerJoin('organizations', 'o', 'o.id = client.organization_id')
      .addSelect('o.deleted_at', 'organization_deleted_at')
      .addSelect('o.suspended_at', 'organization_suspended_at')
      .where({ clientId })
      .getRawAndEntities<OrganizationColumns>();
    return entities.map((client, index) => ({
      kind: 'oauth_client',
      id: client.clientId,
      organizationId: client.organizationId,
      projectId: client.projectId,
      userId: client.createdByUserId,
      name: client.name,
      whyDead: whyDead(client, raw[index]),
      createdAt: client.createdAt,
      expiresAt: null,
      lastUsedAt: client.lastUsedAt,
    }));
  }
}

function whyDead(
  client: OAuthClient,
  organization: OrganizationColumns | undefined,
): string | null {
  if (client.deletedAt) return 'the client is deleted';
  if (!client.isActive) return 'the client is disabled';
  return whyOrganizationDead({
    deletedAt: organization?.organization_deleted_at ?? null,
    suspendedAt: organization?.organization_suspended_at ?? null,
  });
}
