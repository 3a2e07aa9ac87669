import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import { InsufficientScope } from '../access/access.errors.js';
import { encodeId } from '../access/ids.js';
import { type Actor } from '../access/principal.js';
import { type Scope } from '../access/scopes/scopes.js';
import { AuditService } from '../audit/audit.service.js';
import { OrganizationChangesService } from '../organizations/organization-changes.service.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyNotFound } from './api-keys.errors.js';
import { visibleTo } from './locked-key.js';

const REVOKING: Scope = 'api_keys:write';

/** Single keys of an organization, for those who may see or end them. */
@Injectable()
export class ApiKeysService {
  constructor(
    @InjectRepository(ApiKey) private readonly apiKeys: Repository<ApiKey>,
    private readonly changes: OrganizationChangesService,
    private readonly audit: AuditService,
  ) {}

  /** @throws ApiKeyNotFound */
  async get(actor: Actor, id: string): Promise<ApiKey> {
    const key = await this.apiKeys.findOneBy({ ...visibleTo(actor), id });
    if (!key) throw new ApiKeyNotFound();
    return key;
  }

  /**
   * Ends a key at once and for good; again is no error. A member may revoke keys that it made, a
   * key itself.
   *
   * @throws ApiKeyNotFound
   * @throws InsufficientScope
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    const isItself = actor.kind === 'api_key' && actor.id === id;
    const mayRevoke = actor.userId !== null || isItself || actor.scopes.has(REVOKING);
    if (!mayRevoke) throw new InsufficientScope(REVOKING);
    await this.changes.run(actor, 'exclusive', async (manager) => {
      const key = await manager.findOneBy(ApiKey, { ...visibleTo(actor), id });
      if (!key) throw new ApiKeyNotFound();
      // Of parallel calls one changes the row, and that one is recorded.
      const { affected } = await manager.update(
        ApiKey,
        { id, organizationId: actor.organizationId, revokedAt: IsNull() },
        { revokedAt: new Date() },
      );
      if (affected === 0) return;
      await this.audit.record(manager, actor, {
        action: 'api_key.revoked',
        organizationId: key.organizationId,
        projectId: key.projectId,
        targetId: encodeId('apiKey', id),
        metadata: { name: key.name, key_prefix: key.keyPrefix },
      });
    });
  }
}
