import { Injectable } from '@nestjs/common';
import { type FormBody } from '../../http/input/form-body.js';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { type IssuedToken } from '../tokens/known-token.js';
import { TokenIssuanceService } from '../tokens/token-issuance.service.js';
import { type Grant } from './grant.js';
import { GrantableScopes } from './grantable-scopes.js';
import { Resources } from '../clients/resources.js';

/** The client acts for itself (RFC 6749 §4.4). No refresh token (§4.4.3). */
@Injectable()
export class ClientCredentialsGrant implements Grant {
  readonly type = 'client_credentials';

  constructor(
    private readonly resources: Resources,
    private readonly scopes: GrantableScopes,
    private readonly tokens: TokenIssuanceService,
  ) {}

  /** Every client here is confidential and has proven itself, which is all that §4.4 asks. */
  permits(): boolean {
    return true;
  }

  issue(client: AuthenticatedClient, form: FormBody): Promise<IssuedToken> {
    const audience = this.resources.audienceOf(client, form.getAll('resource'));
    const scopes = this.scopes.grant(client, form.get('scope'), audience);
    return this.tokens.issue(client, { scopes, audience: audience.resource });
  }
}
