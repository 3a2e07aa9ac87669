import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentActor } from '../access/access.decorators.js';
import { type Actor } from '../access/principal.js';
import { FromReplica } from '../changes/replicas/from-replica.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import { KeyUsageService } from '../api-keys/usage/key-usage.service.js';
import { UsageQuery } from '../http/pages/usage-query.js';
import { ClientUsageService } from '../oauth/clients/client-usage.service.js';
import { AttentionService } from './attention.service.js';
import { AttentionBody, UsageBody } from './insights.dto.js';

/** How an organization uses what it has, and what of it wants looking after. */
@ApiTags('Organizations')
@Controller('v1/organizations/:orgID')
export class InsightsController {
  constructor(
    private readonly clients: ClientUsageService,
    private readonly keys: KeyUsageService,
    private readonly attention: AttentionService,
  ) {}

  @Get('usage')
  @FromReplica()
  @Allow({ role: 'admin', scope: 'audit:read' })
  @Operation('getOrganizationUsage', 'What was used, by day', {
    description: 'Every day of the range is there, newest first, in UTC; counted within 5 s.',
    answer: UsageBody,
  })
  async daily(
    @CurrentActor() { organizationId }: Actor,
    @Query() { days }: UsageQuery,
  ): Promise<UsageBody> {
    const now = new Date();
    return UsageBody.of(
      await this.clients.dailyOfOrganization(organizationId, days, now),
      await this.keys.dailyOfOrganization(organizationId, days, now),
    );
  }

  @Get('attention')
  @FromReplica()
  @Allow({ role: 'admin', scope: 'audit:read' })
  @Operation('listAttention', 'What needs attention', {
    description: 'Of each kind at most 100, the oldest first.',
    answer: AttentionBody,
  })
  async list(@CurrentActor() { organizationId }: Actor): Promise<AttentionBody> {
    return AttentionBody.of(await this.attention.list(organizationId, new Date()));
  }
}
