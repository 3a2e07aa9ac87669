import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { MailModule } from '../mail/mail.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyStrategy } from './verification/api-key.strategy.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { KeyAttentionService } from './key-attention.service.js';
import { KeyGrants } from './issuance/key-grants.js';
import { KeyIssuanceService } from './issuance/key-issuance.service.js';
import { KeyRotationService } from './issuance/key-rotation.service.js';
import { PolicedChanges } from './issuance/policed-changes.js';
import { KeyChangesService } from './key-changes.service.js';
import { KeyListService } from './key-list.service.js';
import { KeyLookupService } from './key-lookup.service.js';
import { KeyFormatController } from './format/key-format.controller.js';
import { KeySecrets } from './format/key-secrets.js';
import { KeyStore } from './key-store.js';
import { KeyUseRecorder } from './usage/key-use-recorder.js';
import { KeyVerificationController } from './verification/key-verification.controller.js';
import { KeyVerificationService } from './verification/key-verification.service.js';
import { GithubAlerts } from './leaks/github-alerts.js';
import { GithubScanningController } from './leaks/github-scanning.controller.js';
import { LeakKeeper } from './leaks/leak-keeper.js';
import { LeakMails } from './leaks/leak-mails.js';
import { LeakReport } from './leaks/leak-report.entity.js';
import { LeakReportsController } from './leaks/leak-reports.controller.js';
import { LeakReportsService } from './leaks/leak-reports.service.js';
import { LeakedKeysService } from './leaks/leaked-keys.service.js';
import { KnownKeys } from './verification/known-keys.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([ApiKey, LeakReport]),
    AuditModule,
    MailModule,
    OrganizationsModule,
  ],
  controllers: [
    ApiKeysController,
    GithubScanningController,
    KeyFormatController,
    KeyVerificationController,
    LeakReportsController,
  ],
  providers: [
    ApiKeysService,
    ApiKeyStrategy,
    KeyAttentionService,
    KeyChangesService,
    KeyGrants,
    KeyIssuanceService,
    KeyListService,
    KeyLookupService,
    KeyRotationService,
    KeySecrets,
    KeyStore,
    KeyUseRecorder,
    KeyVerificationService,
    GithubAlerts,
    KnownKeys,
    LeakKeeper,
    LeakMails,
    LeakReportsService,
    LeakedKeysService,
    PolicedChanges,
  ],
  exports: [
    ApiKeyStrategy,
    KeyAttentionService,
    KeyIssuanceService,
    KeyLookupService,
    KeyStore,
    KeyVerificationService,
  ],
})
export class ApiKeysModule {}
