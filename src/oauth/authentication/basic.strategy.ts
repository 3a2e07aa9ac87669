import { Injectable } from '@nestjs/common';
import { BasicStrategy as HttpBasicStrategy } from 'passport-http';
import { Unauthenticated } from '../../access/access.errors.js';
import { originOf } from '../../access/access-request.js';
import {
  type CredentialRequest,
  CredentialStrategyOf,
  type PresentedCredential,
} from '../../access/credentials/credential-strategy.js';
import { FormBody } from '../../http/input/form-body.js';
import { type AuthenticatedClient } from './authenticated-client.js';
import { parseBasicCredentials } from './basic-credentials.js';
import { ClientAuthenticationService } from './client-authentication.service.js';
import { provesClient } from './form-credentials.js';
import { InvalidTokenRequest } from '../oauth.errors.js';

/** `Authorization: Basic ...`: a client by its id and secret (`client_secret_basic`). */
@Injectable()
export class BasicStrategy extends CredentialStrategyOf(HttpBasicStrategy, 'basic') {
  constructor(private readonly clients: ClientAuthenticationService) {
    super();
  }

  override accepts({ scheme }: PresentedCredential): boolean {
    return scheme === 'basic';
  }

  override async identify(request: CredentialRequest): Promise<AuthenticatedClient> {
    const { presentedCredential, body } = request;
    // Under /v1 clients send JSON, which has no parameters of OAuth.
    const form = body instanceof FormBody ? body : FormBody.empty;
    if (provesClient(form)) {
      throw new InvalidTokenRequest('authenticate the client by one method only');
    }
    const credentials = parseBasicCredentials(presentedCredential?.value ?? '');
    if (!credentials) throw new Unauthenticated('malformed Basic credentials');
    if ((form.get('client_id') ?? credentials.clientId) !== credentials.clientId) {
      throw new InvalidTokenRequest('client_id differs from the one in Authorization');
    }
    return this.clients.bySecret(credentials, originOf(request));
  }
}
