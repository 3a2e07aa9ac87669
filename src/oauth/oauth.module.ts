import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { AccessToken } from './tokens/access-token.entity.js';
import { AccessTokensService } from './tokens/access-tokens.service.js';
import { BasicStrategy } from './authentication/basic.strategy.js';
import { BearerStrategy } from './tokens/bearer.strategy.js';
import { ClientAuthenticationService } from './authentication/client-authentication.service.js';
import { ClientSecret } from './clients/client-secret.entity.js';
import { ClientRights } from './clients/client-rights.js';
import { ClientSecretsController } from './clients/client-secrets.controller.js';
import { ClientSecretsService } from './clients/client-secrets.service.js';
import { OAuthClientsController } from './clients/oauth-clients.controller.js';
import { OAuthClientsService } from './clients/oauth-clients.service.js';
import { FormStrategy } from './authentication/form.strategy.js';
import { GrantableScopes } from './grants/grantable-scopes.js';
import { ClientCredentialsGrant } from './grants/client-credentials.grant.js';
import { type Grant, GRANTS } from './grants/grant.js';
import { OAuthClient } from './clients/oauth-client.entity.js';
import { SecretUseRecorder } from './authentication/secret-use-recorder.js';
import { JwksController } from './signing-keys/jwks.controller.js';
import { SigningKeyKeeper } from './signing-keys/signing-key-keeper.js';
import { SigningKeyRotation } from './signing-keys/signing-key-rotation.js';
import { SigningKeyStore } from './signing-keys/signing-key-store.js';
import { SigningKeysService } from './signing-keys/signing-keys.service.js';
import { TokenController } from './token.controller.js';
import { TokenPartitionKeeper } from './tokens/token-partition-keeper.js';
import { TokenPartitions } from './tokens/token-partitions.js';

const grants = [ClientCredentialsGrant];

/** OAuth 2.0 for machines: the token endpoint, clients and their secrets, access tokens. */
@Module({
  imports: [
    AuditModule,
    OrganizationsModule,
    TypeOrmModule.forFeature([AccessToken, ClientSecret, OAuthClient]),
  ],
  controllers: [JwksController, TokenController, OAuthClientsController, ClientSecretsController],
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
    SigningKeyKeeper,
    SigningKeyRotation,
    SigningKeyStore,
    SigningKeysService,
    TokenPartitionKeeper,
    TokenPartitions,
    ...grants,
    { provide: GRANTS, useFactory: (...list: Grant[]) => list, inject: grants },
  ],
  exports: [BasicStrategy, BearerStrategy, FormStrategy],
})
export class OAuthModule {}
