import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users/users.module.js';
import { AuditModule } from '../audit/audit.module.js';
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
import { DeviceLoginSecrets } from './device-login/device-login-secrets.js';
import { DeviceLoginsController } from './device-login/device-logins.controller.js';
import { DeviceLoginsService } from './device-login/device-logins.service.js';
import { HandedOverKeys } from './device-login/handed-over-keys.js';
import { KeyPickupService } from './device-login/key-pickup.service.js';
import { KeyTerms } from './device-login/key-terms.js';
import { KeyAttentionService } from './key-attention.service.js';
import { KeyGrants } from './issuance/key-grants.js';
import { KeyIssuanceService } from './issuance/key-issuance.service.js';
import { KeyLookupService } from './key-lookup.service.js';
import { KeySecrets } from './format/key-secrets.js';
import { KeyStore } from './key-store.js';
import { KeyUseRecorder } from './usage/key-use-recorder.js';
import { KeyVerificationController } from './verification/key-verification.controller.js';
import { KeyVerificationService } from './verification/key-verification.service.js';
import { KnownKeys } from './verification/known-keys.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([ApiKey, DeviceLogin]),
    AuditModule,
    OrganizationsModule,
    UsersModule,
  ],
  controllers: [
    ApiKeysController,
    DeviceApprovalsController,
    DeviceLoginsController,
    KeyVerificationController,
  ],
  providers: [
    ApiKeysService,
    ApiKeyStrategy,
    DeviceApprovalsService,
    DeviceLoginClaims,
    DeviceLoginKeeper,
    DeviceLoginSecrets,
    DeviceLoginsService,
    HandedOverKeys,
    KeyAttentionService,
    KeyGrants,
    KeyIssuanceService,
    KeyLookupService,
    KeyPickupService,
    KeySecrets,
    KeyStore,
    KeyTerms,
    KeyUseRecorder,
    KeyVerificationService,
    KnownKeys,
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
