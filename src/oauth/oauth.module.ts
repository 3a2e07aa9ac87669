import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { AccessToken } from './access-token.entity.js';
import { AccessTokensService } from './access-tokens.service.js';
import { BasicStrategy } from './basic.strategy.js';
import { BearerStrategy } from './bearer.strategy.js';
import { ClientAuthenticationService } from './client-authentication.service.js';
import { ClientSecret } from './client-secret.entity.js';
import { ClientRights } from './clients/client-rights.js';
import { ClientSecretsController } from './clients/client-secrets.controller.js';
import { ClientSecretsService } from './clients/client-secrets.service.js';
import { OAuthClientsController } from './clients/oauth-clients.controller.js';
import { OAuthClientsService } from './clients/oauth-clients.service.js';
import { FormStrategy } from './form.strategy.js';
import { GrantableScopes } from './grantable-scopes.js';
import { ClientCredentialsGrant } from './grants/client-credentials.grant.js';
import { type Grant, GRANTS } from './grants/grant.js';
import { OAuthClient } from './oauth-client.entity.js';
import { SecretUseRecorder } from './secret-use-recorder.js';
import { TokenController } from './token.controller.js';

const grants = [ClientCredentialsGrant];

/** OAuth 2.0 for machines: the token endpoint, clients and their secrets, access tokens. */
@Module({
  imports: [
    AuditModule,
    OrganizationsModule,
    TypeOrmModule.forFeature([AccessToken, ClientSecret, OAuthClient]),
  ],
  controllers: [TokenController, OAuthClientsController, ClientSecretsController],
  providers: [
    AccessTokensService,
    BasicStrategy,
    BearerStrategy,
    ClientAuthenticationService,
    ClientRights,
    ClientSecretsService,
    FormStrategy,
    GrantableScopes,
    OAuthClientsService,
    SecretUseRecorder,
    ...grants,
    { provide: GRANTS, useFactory: (...list: Grant[]) => list, inject: grants },
  ],
  exports: [BasicStrategy, BearerStrategy, FormStrategy],
})
export class OAuthModule {}
