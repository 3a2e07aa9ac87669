import { Controller, Get, Header, Headers, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../access/access.decorators.js';
import { type Actor } from '../access/principal.js';
import { FromReplica } from '../changes/replicas/from-replica.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { Cursors } from '../http/pages/pagination.js';
import { acceptedType } from '../http/server/accepted-type.js';
import { ValidationFailed } from '../problem.js';
import { AuditEventList, AuditQuery, VerificationBody, VerificationQuery } from './audit.dto.js';
import { AuditService } from './audit.service.js';
import { VerificationService } from './chain/verification.service.js';
import { CheckpointsService } from './checkpoints/checkpoints.service.js';
import { EVENT_TYPES, exportOf } from './export/event-export.js';

@ApiTags('Audit')
@Controller('v1/organizations/:orgID/audit-events')
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly cursors: Cursors,
    private readonly verification: VerificationService,
    private readonly checkpoints: CheckpointsService,
  ) {}

  @Get()
  @FromReplica()
  @Header('vary', 'accept')
  @Allow({ role: 'admin', scope: 'audit:read' })
  @Operation<AuditEventList | StreamableFile>('listAuditEvents', 'List audit events', {
    description:
      'As `text/csv` or `application/x-ndjson`, asked for by `Accept`, all events that fit are answered as one file; `limit` says nothing there. A cell of the CSV that a spreadsheet would compute begins with an apostrophe.',
    answer: AuditEventList,
    files: ['text/csv', 'application/x-ndjson'],
  })
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: AuditQuery,
    @Headers('accept') accept: string | undefined,
  ): Promise<AuditEventList | StreamableFile> {
    const { organizationId } = actor;
    const list = `audit ${organizationId}`;
    const filter = query.toFilter(this.cursors.open(list, query.cursor ?? query.before));
    const type = acceptedType(accept, [...EVENT_TYPES]);
    if (type !== 'application/json') {
      return exportOf(this.audit.batches(organizationId, filter), type);
    }
    const rows = await this.audit.list(organizationId, filter, query.limit + 1);
    return AuditEventList.of(this.cursors.page(list, rows, query.limit, ({ id }) => id));
  }

  @Get('verify')
  @Allow({ role: 'admin', scope: 'audit:read' })
  @Operation('verifyAuditEvents', 'Verify the chain of audit events', {
    description:
      'Reads all events of the organization, and says whether any was changed, removed, added or put elsewhere since it was written.',
    answer: VerificationBody,
  })
  async verify(
    @CurrentActor() { organizationId }: Actor,
    @Query() { checkpoint }: VerificationQuery,
  ): Promise<VerificationBody> {
    const remembered = await this.checkpoints.read(checkpoint, organizationId);
    if (remembered === 'forged') {
      throw new ValidationFailed({ checkpoint: ['checkpoint is none of this organization'] });
    }
    return VerificationBody.of(await this.verification.verify(organizationId, remembered));
  }
}
