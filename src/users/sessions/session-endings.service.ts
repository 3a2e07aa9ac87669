import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan } from 'typeorm';
import { encodeId } from '../../access/ids.js';
import { type AuditActor, AuditService } from '../../audit/audit.service.js';
import { Session } from './session.entity.js';

/** Ends the sessions of a person, whoever has the right to. */
@Injectable()
export class SessionEndingsService {
  constructor(private readonly audit: AuditService) {}

  /** Each that had not ended or expired by itself is recorded. */
  async endAll(manager: EntityManager, by: AuditActor, userId: string): Promise<void> {
    const now = new Date();
    const open = { userId, endedAt: IsNull(), expiresAt: MoreThan(now) };
    for (const { id } of await manager.findBy(Session, open)) {
      const { affected } = await manager.update(Session, { ...open, id }, { endedAt: now });
      if (affected === 0) continue;
      await this.audit.record(manager, by, {
        action: 'session.ended',
        organizationId: null,
        targetId: encodeId('session', id),
        metadata: { user_id: encodeId('user', userId) },
      });
    }
  }
}
