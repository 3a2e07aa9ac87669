import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users/users.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { MailModule } from '../mail/mail.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyStrategy } from './verification/api-key.strategy.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { DeviceApprovalsController } from './device-login/device-approvals.controller.js';
import { DeviceApprovalsService } from './device-login/device-approvals.service.js';
import { DeviceLogin } from './device-login/device-login.entity.js';
import { DeviceLoginClaims } from './device-login/device-login-claims.js';
import { DeviceLoginKeeper } from './device-login/device-login-keeper.js';
import { DeviceLoginLookupService } from './device-login/device-login-lookup.service.js';
import { DeviceLoginSecrets } from './device-login/device-login-secrets.js';
import { DeviceLoginsController } from './device-login/device-logins.controller.js';
import { DeviceLoginsService } from './device-login/device-logins.service.js';
import { HandedOverKeys } from './device-login/handed-over-keys.js';
import { KeyPickupService } from './device-login/key-pickup.service.js';
import { KeyTerms } from './device-login/key-terms.js';
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
import { KeyChecks } from './verification/key-checks.js';
import { KeyLimits } from './verification/limits/key-limits.js';
import { KeyWindows } from './verification/limits/key-windows.js';
import { KeyRights } from './verification/key-rights.js';
import { ImportGrants } from './imports/import-grants.js';
import { ImportStore } from './imports/import-store.js';
import { ImportedKeys } from './imports/imported-keys.js';
import { ImportedPrefixes } from './imports/imported-prefixes.js';
import { KeyImportController } from './imports/key-import.controller.js';
import { KeyImportService } from './imports/key-import.service.js';
import { PresentedKeys } from './imports/presented-keys.js';
import { SlowTrials } from './imports/slow-trials.js';
import { KeyStore } from './key-store.js';
import { DailyCounts } from './usage/daily-counts.js';
import { KeyUsageController } from './usage/key-usage.controller.js';
import { KeyUsageService } from './usage/key-usage.service.js';
import { KeyUsageSweeper } from './usage/key-usage-sweeper.js';
import { LastUses } from './usage/last-uses.js';
import { NeededScopes } from './usage/needed-scopes.js';
import { UnusedScopes } from './usage/unused-scopes.js';
import { KeyUseRecorder } from './usage/key-use-recorder.js';
import { KeyExplanationController } from './verification/key-explanation.controller.js';
import { KeyExplanationService } from './verification/key-explanation.service.js';
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
import { KnownKeyReader } from './verification/known-key-reader.js';
import { KnownKeys } from './verification/known-keys.js';

/** Making, changing and finding keys. */
const LIFE = [
  ApiKeysService,
  KeyAttentionService,
  KeyChangesService,
  KeyGrants,
  KeyIssuanceService,
  KeyListService,
  KeyLookupService,
  KeyRotationService,
  KeySecrets,
  KeyStore,
  PolicedChanges,
];

const VERIFICATION = [
  ApiKeyStrategy,
  KeyChecks,
  KeyExplanationService,
  KeyLimits,
  KeyRights,
  KeyVerificationService,
  KeyWindows,
  KnownKeyReader,
  KnownKeys,
];

const USAGE = [
  DailyCounts,
  KeyUsageService,
  KeyUsageSweeper,
  KeyUseRecorder,
  LastUses,
  NeededScopes,
  UnusedScopes,
];

const LEAKS = [GithubAlerts, LeakedKeysService, LeakKeeper, LeakMails, LeakReportsService];

const DEVICE_LOGIN = [
  DeviceApprovalsService,
  DeviceLoginClaims,
  DeviceLoginKeeper,
  DeviceLoginLookupService,
  DeviceLoginSecrets,
  DeviceLoginsService,
  HandedOverKeys,
  KeyPickupService,
  KeyTerms,
];

const IMPORTS = [
  ImportedKeys,
  ImportedPrefixes,
  ImportGrants,
  ImportStore,
  KeyImportService,
  PresentedKeys,
  SlowTrials,
];

@Module({
  imports: [
    TypeOrmModule.forFeature([ApiKey, DeviceLogin, LeakReport]),
    AuditModule,
    MailModule,
    OrganizationsModule,
    UsersModule,
  ],
  controllers: [
    ApiKeysController,
    DeviceApprovalsController,
    DeviceLoginsController,
    GithubScanningController,
    KeyExplanationController,
    KeyFormatController,
    KeyImportController,
    KeyUsageController,
    KeyVerificationController,
    LeakReportsController,
  ],
  providers: [...LIFE, ...VERIFICATION, ...USAGE, ...DEVICE_LOGIN, ...LEAKS, ...IMPORTS],
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
