import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, type Repository } from 'typeorm';
import { type Actor } from '../access/principal.js';
import { Replicas } from '../changes/replicas/replicas.js';
import { leaveToTheEnd } from '../database/last-work.js';
import { type AuditActor, wireIdOf } from './actor.js';
import { AuditEvent } from './audit-event.entity.js';
import { type AuditFilter, conditionsOf } from './audit-filter.js';
import { AuditChain } from './chain/audit-chain.js';

export { type AuditActor, personActor, SYSTEM_ACTOR, wireIdOf } from './actor.js';

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
  'api_key.imported',
  'api_key.updated',
  'api_key.rotated',
  'api_key.disabled',
  'api_key.enabled',
  'api_key.revoked',
  'api_key.leaked',
  'api_key.refused',
  'device_login.approved',
  'device_login.denied',
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
  'operator.refused',
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

/** How many events an export reads at once. */
const EXPORT_BATCH = 500;

/** The record of who changed what. */
@Injectable()
export class AuditService {
  constructor(
    @InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>,
    private readonly chain: AuditChain,
    private readonly replicas: Replicas,
  ) {}

  /**
   * Records one event in the transaction of the change. It is written when the transaction is
   * about to commit, to the end of the organization's chain.
   */
  record(manager: EntityManager, by: Actor | AuditActor, entry: AuditEntry): Promise<void> {
    const { kind, origin } = by;
    leaveToTheEnd(manager, this.chain.append, {
      organizationId: entry.organizationId,
      action: entry.action,
      actorKind: kind,
      actorId: 'role' in by ? wireIdOf(by) : by.id,
      projectId: entry.projectId ?? null,
      targetId: entry.targetId ?? null,
      ip: origin?.ip ?? null,
      requestId: origin?.requestId ?? null,
      metadata: entry.metadata ?? {},
      createdAt: new Date(),
    });
    return Promise.resolve();
  }

  /** Newest first. */
  list(organizationId: string, filter: AuditFilter, limit: number): Promise<AuditEvent[]> {
    return this.events.find({
      where: { organizationId, ...conditionsOf(filter) },
      order: { id: 'DESC' },
      take: limit,
    });
  }

  /**
   * All of them, newest first, a batch at a time and only as fast as they are taken. No connection
   * is held meanwhile: whoever reads slowly keeps nobody waiting.
   */
  async *batches(organizationId: string, filter: AuditFilter): AsyncGenerator<AuditEvent[]> {
    let before = filter.before;
    for (;;) {
      const page = before === undefined ? filter : { ...filter, before };
      const events = await this.replicas.read(() => this.list(organizationId, page, EXPORT_BATCH));
      yield events;
      if (events.length < EXPORT_BATCH) return;
      before = events.at(-1)?.id;
    }
  }
}
