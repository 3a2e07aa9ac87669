import { Injectable } from '@nestjs/common';
import { type EntityManager, type FindOptionsWhere, IsNull } from 'typeorm';
import { type AuditAction, AuditService } from '../../audit/audit.service.js';
import {
  type CredentialChange,
  type CredentialSelection,
  CredentialStore,
  type MadeCredential,
} from '../../organizations/credentials/credential-store.service.js';
import { OAuthClient } from './oauth-client.entity.js';

/** What happens to all clients that a condition selects. */
interface ClientUpdate {
  readonly where: FindOptionsWhere<OAuthClient>;
  readonly set: Partial<Pick<OAuthClient, 'deletedAt' | 'isActive' | 'pausedWithMaker'>>;
  readonly action: AuditAction;
  readonly metadata?: object;
}

/** The clients of an organization, as those end and pause them who don't look at single ones. */
@Injectable()
export class ClientStore extends CredentialStore {
  constructor(private readonly audit: AuditService) {
    super();
  }

  override async listMadeBy(
    manager: EntityManager,
    { organizationId, userId }: { organizationId: string; userId: string },
    limit: number,
  ): Promise<MadeCredential[]> {
    const clients = await manager.find(OAuthClient, {
      where: { organizationId, createdByUserId: userId, deletedAt: IsNull() },
      order: { id: 'DESC' },
      take: limit,
    });
    return clients.map(({ clientId, name, createdAt, lastUsedAt }) => ({
      kind: 'oauth_client',
      id: clientId,
      name,
      source: null,
      createdAt,
      lastUsedAt,
      isPersonal: false,
    }));
  }

  /** Their secrets and tokens die with them. */
  override async end(
    manager: EntityManager,
    which: CredentialSelection,
    change: CredentialChange,
  ): Promise<void> {
    const where = selected(which);
    const set = { deletedAt: new Date() };
    if (where) await this.update(manager, change, { where, set, action: 'oauth_client.deleted' });
  }

  override async pause(
    manager: EntityManager,
    which: CredentialSelection,
    change: CredentialChange,
  ): Promise<void> {
    const where = selected(which);
    if (where) await this.enable(manager, change, { ...where, isActive: true }, false);
  }

  override async resume(
    manager: EntityManager,
    which: CredentialSelection,
    change: CredentialChange,
  ): Promise<void> {
    const where = selected(which);
    if (where) await this.enable(manager, change, { ...where, pausedWithMaker: true }, true);
  }

  private enable(
    manager: EntityManager,
    change: CredentialChange,
    where: FindOptionsWhere<OAuthClient>,
    isActive: boolean,
  ): Promise<void> {
    return this.update(manager, change, {
      where,
      set: { isActive, pausedWithMaker: !isActive },
      action: 'oauth_client.updated',
      metadata: { is_active: { before: !isActive, after: isActive } },
    });
  }

  private async update(
    manager: EntityManager,
    { by, cause }: CredentialChange,
    { where, set, action, metadata }: ClientUpdate,
  ): Promise<void> {
    const clients = await manager.findBy(OAuthClient, where);
    if (clients.length === 0) return;
    await manager.update(OAuthClient, where, set);
    for (const { clientId, organizationId, projectId, name } of clients) {
      await this.audit.record(manager, by, {
        action,
        organizationId,
        projectId,
        targetId: clientId,
        metadata: { name, cause, ...metadata },
      });
    }
  }
}

/** Null where no client is meant: none acts for the person who made it. */
function selected(which: CredentialSelection): FindOptionsWhere<OAuthClient> | null {
  const { organizationId } = which;
  const live = { organizationId, deletedAt: IsNull() };
  if ('projectId' in which) return { ...live, projectId: which.projectId };
  return which.personalOnly ? null : { ...live, createdByUserId: which.madeBy };
}
