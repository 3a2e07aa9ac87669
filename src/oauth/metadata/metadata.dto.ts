import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const ISSUER = 'https://auth.example.com';

/** Authorization server metadata (RFC 8414 §2). */
export class ServerMetadataBody {
  @ApiProperty({ example: ISSUER })
  issuer: string;

  @ApiProperty({ example: `${ISSUER}/o/token/` })
  token_endpoint: string;

  @ApiProperty({ type: [String], example: ['client_secret_basic', 'private_key_jwt'] })
  token_endpoint_auth_methods_supported: string[];

  @ApiProperty({ type: [String], example: ['ES256'] })
  token_endpoint_auth_signing_alg_values_supported: string[];

  @ApiProperty({ type: [String], example: ['client_credentials'] })
  grant_types_supported: string[];

  @ApiProperty({ type: [String], example: ['read', 'write'] })
  scopes_supported: string[];

  @ApiProperty({ example: `${ISSUER}/o/.well-known/jwks.json` })
  jwks_uri: string;

  @ApiProperty({ example: `${ISSUER}/o/revoke_token/` })
  revocation_endpoint: string;

  @ApiProperty({ type: [String], example: ['client_secret_basic', 'private_key_jwt'] })
  revocation_endpoint_auth_methods_supported: string[];

  @ApiProperty({ type: [String], example: ['ES256'] })
  revocation_endpoint_auth_signing_alg_values_supported: string[];

  @ApiProperty({ example: `${ISSUER}/o/introspect/` })
  introspection_endpoint: string;

  @ApiProperty({ type: [String], example: ['client_secret_basic', 'Bearer'] })
  introspection_endpoint_auth_methods_supported: string[];

  @ApiProperty({ type: [String], example: ['ES256'] })
  introspection_endpoint_auth_signing_alg_values_supported: string[];

  @ApiPropertyOptional({ example: `${ISSUER}/docs` })
  service_documentation?: string;
}

/** Protected resource metadata (RFC 9728 §2). */
export class ProtectedResourceBody {
  @ApiProperty({ example: ISSUER })
  resource: string;

  @ApiProperty({ type: [String], example: [ISSUER] })
  authorization_servers: string[];

  @ApiProperty({ type: [String], example: ['read', 'write'] })
  scopes_supported: string[];

  @ApiProperty({ type: [String], example: ['header'] })
  bearer_methods_supported: string[];

  @ApiProperty({ example: 'Keycap' })
  resource_name: string;

  @ApiPropertyOptional({ example: `${ISSUER}/docs` })
  resource_documentation?: string;
}
