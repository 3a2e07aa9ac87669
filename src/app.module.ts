import { type DynamicModule, Module } from '@nestjs/common';
import { dataSourceOptions } from '../ormconfig.js';
import { AccessModule } from './access/access.module.js';
import { ApiKeyStrategy } from './api-keys/verification/api-key.strategy.js';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { KeyStore } from './api-keys/key-store.js';
import { AuditModule } from './audit/audit.module.js';
import { ChangesModule } from './changes/changes.module.js';
import { type Runtime } from './config.js';
import { ConfigModule } from './config.module.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { type Connecting, DatabaseModule } from './database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { HttpModule } from './http/http.module.js';
import { OpenApiModule } from './http/openapi/openapi.module.js';
import { InsightsModule } from './insights/insights.module.js';
import { BasicStrategy } from './oauth/authentication/basic.strategy.js';
import { ClientStore } from './oauth/clients/client-store.js';
import { BearerStrategy } from './oauth/tokens/bearer.strategy.js';
import { FormStrategy } from './oauth/authentication/form.strategy.js';
import { MailModule } from './mail/mail.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import { CredentialStoresModule } from './organizations/credentials/credential-stores.module.js';
import { OperatorsModule } from './operators/operators.module.js';
import { MembershipDirectory } from './organizations/members/membership-directory.service.js';
import { MembershipNames } from './organizations/members/membership-names.service.js';
import { OrganizationsModule } from './organizations/organizations.module.js';
import { SetupModule } from './setup/setup.module.js';
import { ExternalSessionStrategy } from './users/external/external-session.strategy.js';
import { SessionStrategy } from './users/sessions/session.strategy.js';
import { UsersModule } from './users/users.module.js';

/** The composition root: which features there are, and what the kernel is told of them. */
@Module({})
export class AppModule {
  /** @param connecting whether there is a database; without one nothing but the routes can be asked */
  static forRoot(runtime: Runtime, connecting: Connecting = 'connected'): DynamicModule {
    const { config, databaseUrl } = runtime;
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(runtime),
        DatabaseModule.forRoot(dataSourceOptions(databaseUrl, config.databasePool), connecting),
        ChangesModule.forRoot(
          config.databaseReplicaUrls.map((url) => dataSourceOptions(url, config.databasePool)),
        ),
        HttpModule,
        AccessModule.forRoot({
          imports: [ApiKeysModule, OAuthModule, OrganizationsModule, UsersModule],
          organizationNames: MembershipNames,
          roleDirectory: MembershipDirectory,
          strategies: [
            ApiKeyStrategy,
            BasicStrategy,
            BearerStrategy,
            ExternalSessionStrategy,
            FormStrategy,
            SessionStrategy,
          ],
        }),
        CredentialStoresModule.forRoot({
          imports: [ApiKeysModule, OAuthModule],
          stores: [KeyStore, ClientStore],
        }),
        ApiKeysModule,
        AuditModule,
        DashboardModule,
        HealthModule,
        InsightsModule,
        MailModule,
        MetricsModule.forRoot({ isRead: config.operatorTokens.length > 0 }),
        OAuthModule,
        OpenApiModule.forRoot(runtime),
        OrganizationsModule,
        SetupModule,
        UsersModule,
        // Where there are none, their paths are unknown like any other.
        ...(config.operatorTokens.length > 0 ? [OperatorsModule] : []),
      ],
    };
  }
}
