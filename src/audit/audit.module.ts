import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditController } from './audit.controller.js';
import { AuditEvent } from './audit-event.entity.js';
import { AuditSearchService } from './audit-search.service.js';
import { AuditService } from './audit.service.js';
import { AuditChain } from './chain/audit-chain.js';
import { AuditKeys } from './chain/audit-keys.js';
import { VerificationService } from './chain/verification.service.js';
import { CheckpointKeeper } from './checkpoints/checkpoint-keeper.js';
import { CheckpointsService } from './checkpoints/checkpoints.service.js';
import { RefusalsService } from './refusals.service.js';
import { RefusedCallers } from './refused-callers.js';
import { AuditRetentionService } from './retention/audit-retention.service.js';
import { RetentionKeeper } from './retention/retention-keeper.js';

/** Who changed what: a chain of events for each organization, which shows what is done to it. */
@Module({
  imports: [TypeOrmModule.forFeature([AuditEvent])],
  controllers: [AuditController],
  providers: [
    AuditChain,
    AuditKeys,
    AuditRetentionService,
    AuditSearchService,
    AuditService,
    CheckpointKeeper,
    CheckpointsService,
    RefusalsService,
    RefusedCallers,
    RetentionKeeper,
    VerificationService,
  ],
  exports: [
    AuditSearchService,
    AuditService,
    CheckpointsService,
    RefusalsService,
    VerificationService,
  ],
})
export class AuditModule {}
