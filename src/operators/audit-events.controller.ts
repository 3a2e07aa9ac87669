import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.decorators.js';
import { OrganizationNotFound } from '../access/access.errors.js';
import { decodeId } from '../access/ids.js';
import { AuditEventList } from '../audit/audit.dto.js';
import { AuditSearchService } from '../audit/audit-search.service.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { Cursors } from '../http/pages/pagination.js';
import { AuditSearchQuery } from './audit-events.dto.js';

const LIST = 'every audit event';

@ApiTags('Operators')
@Controller('v1/admin/audit-events')
export class OperatedAuditController {
  constructor(
    private readonly events: AuditSearchService,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @Allow({ operator: true })
  @Operation('operatorListAuditEvents', 'List the audit events of all organizations', {
    answer: AuditEventList,
    errors: [OrganizationNotFound],
  })
  async list(@Query() query: AuditSearchQuery): Promise<AuditEventList> {
    const rows = await this.events.list({
      organizationId: organizationIn(query),
      action: query.action,
      actorId: query.actor_id,
      before: this.cursors.open(LIST, query.cursor),
      limit: query.limit + 1,
    });
    return AuditEventList.of(this.cursors.page(LIST, rows, query.limit, ({ id }) => id));
  }
}

function organizationIn({ organization_id: named }: AuditSearchQuery): string | undefined {
  if (named === undefined) return undefined;
  const id = decodeId('organization', named);
  if (id === null) throw new OrganizationNotFound();
  return id;
}
