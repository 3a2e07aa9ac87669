import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../access/access.decorators.js';
import { type Actor } from '../access/principal.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { Cursors } from '../http/pages/pagination.js';
import { AuditEventList, AuditQuery } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@ApiTags('Audit')
@Controller('v1/organizations/:orgID/audit-events')
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @Allow({ role: 'admin', scope: 'audit:read' })
  @Operation('listAuditEvents', 'List audit events', { answer: AuditEventList })
  async list(@CurrentActor() actor: Actor, @Query() query: AuditQuery): Promise<AuditEventList> {
    const list = `audit ${actor.organizationId}`;
    const rows = await this.audit.list(actor.organizationId, {
      action: query.action,
      actorId: query.actor_id,
      before: this.cursors.open(list, query.cursor ?? query.before),
      limit: query.limit + 1,
    });
    return AuditEventList.of(this.cursors.page(list, rows, query.limit, ({ id }) => id));
  }
}
