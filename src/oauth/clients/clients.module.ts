import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../../audit/audit.module.js';
import { OrganizationsModule } from '../../organizations/organizations.module.js';
import { ClientUsage } from '../tokens/client-usage.entity.js';
import { ClientAttentionService } from './client-attention.service.js';
import { ClientLookupService } from './client-lookup.service.js';
import { ClientPolicy } from './client-policy.js';
import { ClientSecret } from './client-secret.entity.js';
import { ClientSecretsController } from './client-secrets.controller.js';
import { ClientSecretsService } from './client-secrets.service.js';
import { ClientSettingsRules } from './client-settings.js';
import { ClientStore } from './client-store.js';
import { ClientTokensController } from './client-tokens.controller.js';
import { ClientUsageService } from './client-usage.service.js';
import { OAuthClient } from './oauth-client.entity.js';
import { OAuthClientsController } from './oauth-clients.controller.js';
import { OAuthClientsService } from './oauth-clients.service.js';
import { Resources } from './resources.js';
import { TokenRevocationService } from './token-revocation.service.js';

/** The management of OAuth clients and their secrets. */
@Module({
  imports: [
    AuditModule,
    OrganizationsModule,
    TypeOrmModule.forFeature([ClientSecret, ClientUsage, OAuthClient]),
  ],
  controllers: [OAuthClientsController, ClientSecretsController, ClientTokensController],
  providers: [
    ClientAttentionService,
    ClientLookupService,
    ClientPolicy,
    ClientSecretsService,
    ClientSettingsRules,
    ClientStore,
    ClientUsageService,
    OAuthClientsService,
    Resources,
    TokenRevocationService,
  ],
  exports: [
    ClientAttentionService,
    ClientLookupService,
    ClientStore,
    ClientUsageService,
    Resources,
  ],
})
export class ClientsModule {}
