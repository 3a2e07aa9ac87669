import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyStrategy } from './verification/api-key.strategy.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { KeyAttentionService } from './key-attention.service.js';
import { KeyGrants } from './issuance/key-grants.js';
import { KeyIssuanceService } from './issuance/key-issuance.service.js';
import { KeyLookupService } from './key-lookup.service.js';
import { KeySecrets } from './format/key-secrets.js';
import { KeyChecks } from './verification/key-checks.js';
import { KeyLimits } from './verification/limits/key-limits.js';
import { KeyWindows } from './verification/limits/key-windows.js';
import { KeyRights } from './verification/key-rights.js';
import { KeyStore } from './key-store.js';
import { DailyCounts } from './usage/daily-counts.js';
import { KeyUsageController } from './usage/key-usage.controller.js';
import { KeyUsageService } from './usage/key-usage.service.js';
import { KeyUsageSweeper } from './usage/key-usage-sweeper.js';
import { LastUses } from './usage/last-uses.js';
import { NeededScopes } from './usage/needed-scopes.js';
import { KeyUseRecorder } from './usage/key-use-recorder.js';
import { KeyExplanationController } from './verification/key-explanation.controller.js';
import { KeyExplanationService } from './verification/key-explanation.service.js';
import { KeyVerificationController } from './verification/key-verification.controller.js';
import { KeyVerificationService } from './verification/key-verification.service.js';
import { KnownKeys } from './verification/known-keys.js';

@Module({
  imports: [TypeOrmModule.forFeature([ApiKey]), AuditModule, OrganizationsModule],
  controllers: [
    ApiKeysController,
    KeyExplanationController,
    KeyUsageController,
    KeyVerificationController,
  ],
  providers: [
    ApiKeysService,
    ApiKeyStrategy,
    DailyCounts,
    KeyAttentionService,
    KeyChecks,
    KeyExplanationService,
    KeyGrants,
    KeyIssuanceService,
    KeyLimits,
    KeyLookupService,
    KeyRights,
    KeySecrets,
    KeyStore,
    KeyUsageService,
    KeyUsageSweeper,
    KeyUseRecorder,
    KeyVerificationService,
    KeyWindows,
    KnownKeys,
    LastUses,
    NeededScopes,
  ],
  exports: [
    ApiKeyStrategy,
    KeyAttentionService,
    KeyIssuanceService,
    KeyLookupService,
    KeyStore,
    KeyUsageService,
    KeyVerificationService,
  ],
})
export class ApiKeysModule {}
