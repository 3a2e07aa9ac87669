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
import { KeyRotationService } from './issuance/key-rotation.service.js';
import { PolicedChanges } from './issuance/policed-changes.js';
import { KeyChangesService } from './key-changes.service.js';
import { KeyListService } from './key-list.service.js';
import { KeyLookupService } from './key-lookup.service.js';
import { KeySecrets } from './format/key-secrets.js';
import { ImportGrants } from './imports/import-grants.js';
import { ImportStore } from './imports/import-store.js';
import { ImportedKeys } from './imports/imported-keys.js';
import { ImportedPrefixes } from './imports/imported-prefixes.js';
import { KeyImportController } from './imports/key-import.controller.js';
import { KeyImportService } from './imports/key-import.service.js';
import { PresentedKeys } from './imports/presented-keys.js';
import { SlowTrials } from './imports/slow-trials.js';
import { KeyStore } from './key-store.js';
import { KeyUseRecorder } from './usage/key-use-recorder.js';
import { KeyVerificationController } from './verification/key-verification.controller.js';
import { KeyVerificationService } from './verification/key-verification.service.js';
import { KnownKeys } from './verification/known-keys.js';

@Module({
  imports: [TypeOrmModule.forFeature([ApiKey]), AuditModule, OrganizationsModule],
  controllers: [ApiKeysController, KeyImportController, KeyVerificationController],
  providers: [
    ApiKeysService,
    ApiKeyStrategy,
    ImportGrants,
    ImportStore,
    ImportedKeys,
    ImportedPrefixes,
    KeyAttentionService,
    KeyChangesService,
    KeyGrants,
    KeyImportService,
    KeyIssuanceService,
    KeyListService,
    KeyLookupService,
    KeyRotationService,
    KeySecrets,
    KeyStore,
    KeyUseRecorder,
    KeyVerificationService,
    KnownKeys,
    PolicedChanges,
    PresentedKeys,
    SlowTrials,
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
