import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, LessThan, type Repository } from 'typeorm';
import { encodeId, newId } from '../access/ids.js';
import { type Actor, type Origin } from '../access/principal.js';
import { AuditEvent } from './audit-event.entity.js';

/** Everything that is recorded. Names are `<noun>.<past participle>`. */
export const AUDIT_ACTIONS = [
  'organization.created',
  'organization.updated',
  'organization.deleted',
  'organization.restored',
  'organization.suspended',
  'organization.resumed',
  'organization.ownership_transferred',
  'member.added',
  'member.role_changed',
  'member.paused',
  'member.resumed',
  'member.removed',
  'invitation.created',
  'invitation.resent',
  'invitation.accepted',
  'invitation.declined',
  'invitation.revoked',
  'project.created',
  'project.updated',
  'project.deleted',
  'api_key.created',
  'api_key.disabled',
  'api_key.enabled',
  'api_key.revoked',
  'oauth_client.created',
  'oauth_client.updated',
  'oauth_client.secret_added',
  'oauth_client.secret_revoked',
  'oauth_client.rotated',
  'oauth_client.tokens_revoked',
  'oauth_client.deleted',
  'oauth_client.refused',
  'session.created',
  'session.refused',
  'session.ended',
  'user.created',
  'user.updated',
  'user.email_verified',
  'user.password_changed',
  'user.password_reset_requested',
  'user.password_reset',
  'user.identity_linked',
  'user.disabled',
  'user.enabled',
  'user.deleted',
  'policy.would_block',
  'mail.retried',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What is the same for every action: who did it, and where. */
export interface AuditActor {
  readonly kind: AuditEvent['actorKind'];
  /** Wire id. */
  readonly id: string | null;
  readonly origin: Origin | null;
}

export interface AuditEntry {
  readonly action: AuditAction;
  /** UUID, or null for what concerns no organization. */
  readonly organizationId: string | null;
  readonly projectId?: string | null;
  /** Wire id of what was changed. */
  readonly targetId?: string;
  /** Before, after and the like; never a secret. */
  readonly metadata?: Record<string, unknown>;
}

export interface AuditPage {
  readonly action?: string;
  /** Wire id. */
  readonly actorId?: string;
  /** Only events older than this one (UUID). */
  readonly before?: string;
  readonly limit: number;
}

/** The record of who changed what. */
@Injectable()
export class AuditService {
  constructor(@InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>) {}

  /** Writes one event in the transaction of the change that it records. */
  async record(manager: EntityManager, by: Actor | AuditActor, entry: AuditEntry): Promise<void> {
    const actor = 'role' in by ? auditActorOf(by) : by;
    await manager.insert(AuditEvent, {
      id: newId(),
      organizationId: entry.organizationId,
      action: entry.action,
      actorKind: actor.kind,
      actorId: actor.id,
      projectId: entry.projectId ?? null,
      targetId: entry.targetId ?? null,
      ip: actor.origin?.ip ?? null,
      requestId: actor.origin?.requestId ?? null,
      metadata: entry.metadata ?? {},
      createdAt: new Date(),
    });
  }

  /** Newest first. */
  list(organizationId: string, page: AuditPage): Promise<AuditEvent[]> {
    return this.events.find({
      where: {
        organizationId,
        ...(page.action === undefined ? {} : { action: page.action }),
        ...(page.actorId === undefined ? {} : { actorId: page.actorId }),
        ...(page.before === undefined ? {} : { id: LessThan(page.before) }),
      },
      order: { id: 'DESC' },
      take: page.limit,
    });
  }
}

/** How the audit log names an actor: by the id that clients see. */
function auditActorOf(actor: Actor): AuditActor {
  const { kind, id, origin } = actor;
  switch (kind) {
    case 'user':
      return { kind, id: encodeId('user', id), origin };
    case 'api_key':
      return { kind, id: encodeId('apiKey', id), origin };
    case 'oauth_client':
      return { kind, id, origin };
  }
}
