import { Inject, Injectable } from '@nestjs/common';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { AssertionProofs } from '../authentication/assertion-proofs.js';
import { AUTH_METHODS } from '../clients/oauth-client.entity.js';
import { type Grant, GRANTS } from '../grants/grant.js';
import { INTROSPECTION_PATH, JWKS_PATH, REVOCATION_PATH, TOKEN_PATH } from '../paths.js';
import { type ProtectedResourceBody, type ServerMetadataBody } from './metadata.dto.js';

/** What is advertised: made of what the code has, so that the two can't differ. */
@Injectable()
export class ServerMetadata {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    @Inject(GRANTS) private readonly grants: readonly Grant[],
    private readonly assertions: AssertionProofs,
    private readonly catalogue: ScopeCatalogue,
  ) {}

  /**
   * RFC 8414 §2. `response_types_supported` is left out: there is no authorization endpoint, and an
   * empty list is not allowed.
   */
  authorizationServer(): ServerMetadataBody {
    const { publicUrl } = this.runtime;
    const methods = [...AUTH_METHODS];
    const algorithms = [...this.assertions.algorithms];
    return {
      issuer: publicUrl,
      token_endpoint: this.addressOf(TOKEN_PATH),
      token_endpoint_auth_methods_supported: methods,
      token_endpoint_auth_signing_alg_values_supported: algorithms,
      grant_types_supported: this.grants.map(({ type }) => type),
      scopes_supported: [...this.catalogue.all()],
      jwks_uri: `${publicUrl}/${JWKS_PATH}`,
      revocation_endpoint: this.addressOf(REVOCATION_PATH),
      revocation_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_signing_alg_values_supported: algorithms,
      introspection_endpoint: this.addressOf(INTROSPECTION_PATH),
      // An access token or key with the scope `introspection` is taken there as well.
      introspection_endpoint_auth_methods_supported: [...methods, 'Bearer'],
      introspection_endpoint_auth_signing_alg_values_supported: algorithms,
      ...this.documentation('service_documentation'),
    };
  }

  /** RFC 9728 §2: Keycap's own API. */
  protectedResource(): ProtectedResourceBody {
    const { publicUrl } = this.runtime;
    return {
      resource: publicUrl,
      authorization_servers: [publicUrl],
      scopes_supported: [...this.catalogue.all()],
      bearer_methods_supported: ['header'],
      resource_name: 'Keycap',
      ...this.documentation('resource_documentation'),
    };
  }

  private documentation<Name extends string>(name: Name): Partial<Record<Name, string>> {
    const { config, publicUrl } = this.runtime;
    const address = config.swaggerUi ? { [name]: `${publicUrl}/docs` } : {};
    return address as Partial<Record<Name, string>>;
  }

  private addressOf(path: string): string {
    return `${this.runtime.publicUrl}/${path}/`;
  }
}
