import { Module } from '@nestjs/common';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthenticationModule } from './authentication/authentication.module.js';
import { OAuthCredentialLookupService } from './credential-lookup.service.js';
import { ClientRefusals } from './client-refusals.js';
import { ClientsModule } from './clients/clients.module.js';
import { ClientCredentialsGrant } from './grants/client-credentials.grant.js';
import { type Grant, GRANTS } from './grants/grant.js';
import { GrantableScopes } from './grants/grantable-scopes.js';
import { IntrospectionController } from './introspection.controller.js';
import { IntrospectionService } from './introspection.service.js';
import { ResourceMetadataController } from './metadata/resource-metadata.controller.js';
import { ServerMetadata } from './metadata/server-metadata.js';
import { ServerMetadataController } from './metadata/server-metadata.controller.js';
import { RevocationController } from './revocation.controller.js';
import { TokenController } from './token.controller.js';
import { TokensModule } from './tokens/tokens.module.js';

/** Each grant is a file; what is listed here is served and advertised. */
const grants = [ClientCredentialsGrant];

/** OAuth 2.0 for machines: the endpoints, and the rooms that they need. */
@Module({
  imports: [ApiKeysModule, AuditModule, AuthenticationModule, ClientsModule, TokensModule],
  controllers: [
    TokenController,
    IntrospectionController,
    RevocationController,
    ServerMetadataController,
    ResourceMetadataController,
  ],
  providers: [
    ClientRefusals,
    GrantableScopes,
    IntrospectionService,
    OAuthCredentialLookupService,
    ServerMetadata,
    ...grants,
    { provide: GRANTS, useFactory: (...list: Grant[]) => list, inject: grants },
  ],
  exports: [AuthenticationModule, ClientsModule, OAuthCredentialLookupService, TokensModule],
})
export class OAuthModule {}
