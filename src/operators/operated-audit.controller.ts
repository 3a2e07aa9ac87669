import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.decorators.js';
import { OrganizationNotFound } from '../access/access.errors.js';
import { decodeId } from '../access/ids.js';
import { FromReplica } from '../changes/replicas/from-replica.js';
import { AuditEventList, VerificationBody } from '../audit/audit.dto.js';
import { AuditSearchService } from '../audit/audit-search.service.js';
import { VerificationService } from '../audit/chain/verification.service.js';
import { CheckpointsService } from '../audit/checkpoints/checkpoints.service.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { Cursors } from '../http/pages/pagination.js';
import { ValidationFailed } from '../problem.js';
import { AuditSearchQuery, SharedVerificationQuery } from './audit-events.dto.js';

const LIST = 'every audit event';

@ApiTags('Operators')
@Controller('v1/admin/audit-events')
export class OperatedAuditController {
  constructor(
    private readonly events: AuditSearchService,
    private readonly cursors: Cursors,
    private readonly verification: VerificationService,
    private readonly checkpoints: CheckpointsService,
  ) {}

  @Get()
  @FromReplica()
  @Allow({ operator: true })
  @Operation('operatorListAuditEvents', 'List the audit events of all organizations', {
    answer: AuditEventList,
    errors: [OrganizationNotFound],
  })
  async list(@Query() query: AuditSearchQuery): Promise<AuditEventList> {
    const filter = query.toFilter(this.cursors.open(LIST, query.cursor));
    const rows = await this.events.list(organizationIn(query), filter, query.limit + 1);
    return AuditEventList.of(this.cursors.page(LIST, rows, query.limit, ({ id }) => id));
  }

  @Get('verify')
  @Allow({ operator: true })
  @Operation('operatorVerifyAuditEvents', 'Verify the chains of what belongs to no organization', {
    description:
      'Reads all events of people, sign-ins and operators that belong to no organization, and says whether any was changed, removed, added or put elsewhere since it was written. Each organization verifies its own.',
    answer: VerificationBody,
  })
  async verify(@Query() { checkpoint }: SharedVerificationQuery): Promise<VerificationBody> {
    const remembered = await this.checkpoints.readShared(checkpoint);
    if (remembered === 'forged') {
      throw new ValidationFailed({ checkpoint: ['checkpoint is none of a shared chain'] });
    }
    return VerificationBody.of(await this.verification.verifyShared(remembered));
  }
}

function organizationIn({ organization_id: named }: AuditSearchQuery): string | undefined {
  if (named === undefined) return undefined;
  const id = decodeId('organization', named);
  if (id === null) throw new OrganizationNotFound();
  return id;
}
