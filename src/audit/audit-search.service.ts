import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { AuditEvent } from './audit-event.entity.js';
import { type AuditFilter, conditionsOf } from './audit-filter.js';

/** The events of all organizations and of none, for those who run the deployment. */
@Injectable()
export class AuditSearchService {
  constructor(@InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>) {}

  /** Newest first. @param organizationId UUID; undefined for all of them */
  list(
    organizationId: string | undefined,
    filter: AuditFilter,
    limit: number,
  ): Promise<AuditEvent[]> {
    return this.events.find({
      where: { ...(organizationId !== undefined && { organizationId }), ...conditionsOf(filter) },
      order: { id: 'DESC' },
      take: limit,
    });
  }
}
