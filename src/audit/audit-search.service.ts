import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import { AuditEvent } from './audit-event.entity.js';

export interface AuditSearch {
  /** UUID. */
  readonly organizationId: string | undefined;
  readonly action: string | undefined;
  /** Wire id, or the name of an operator's token. */
  readonly actorId: string | undefined;
  /** Only events older than this one (UUID). */
  readonly before: string | undefined;
  readonly limit: number;
}

/** The events of all organizations and of none, for those who run the deployment. */
@Injectable()
export class AuditSearchService {
  constructor(@InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>) {}

  /** Newest first. */
  list({ organizationId, action, actorId, before, limit }: AuditSearch): Promise<AuditEvent[]> {
    return this.events.find({
      where: {
        ...(organizationId === undefined ? {} : { organizationId }),
        ...(action === undefined ? {} : { action }),
        ...(actorId === undefined ? {} : { actorId }),
        ...(before === undefined ? {} : { id: LessThan(before) }),
      },
      order: { id: 'DESC' },
      take: limit,
    });
  }
}
