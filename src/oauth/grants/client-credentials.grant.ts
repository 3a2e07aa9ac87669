import { Injectable } from '@nestjs/common';
import { type FormBody } from '../../http/input/form-body.js';
import { AccessTokensService, type IssuedToken } from '../tokens/access-tokens.service.js';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { GrantableScopes } from './grantable-scopes.js';
import { type Grant } from './grant.js';

/** The client acts for itself (RFC 6749 §4.4). No refresh token (§4.4.3). */
@Injectable()
export class ClientCredentialsGrant implements Grant {
  readonly type = 'client_credentials';

  constructor(
    private readonly scopes: GrantableScopes,
    private readonly tokens: AccessTokensService,
  ) {}

  /** Every client here is confidential and has proven itself, which is all that §4.4 asks. */
  permits(): boolean {
    return true;
  }

  issue(client: AuthenticatedClient, form: FormBody): Promise<IssuedToken> {
    return this.tokens.issue(client, this.scopes.grant(client, form.get('scope')));
  }
}
