import { Injectable } from '@nestjs/common';
import passport from 'passport';
import { Unauthenticated } from '../../access/access.errors.js';
import {
  type CredentialRequest,
  CredentialStrategyOf,
  type PresentedCredential,
} from '../../access/credential-strategy.js';
import { FormBody } from '../../http/input/form-body.js';
import { type AuthenticatedClient } from './authenticated-client.js';
import { ClientAuthenticationService } from './client-authentication.service.js';
import { InvalidTokenRequest } from '../oauth.errors.js';

/** `client_id` and `client_secret` in the form (`client_secret_post`, RFC 6749 §2.3.1). */
@Injectable()
export class FormStrategy extends CredentialStrategyOf(passport.Strategy, 'client-secret-post') {
  constructor(private readonly clients: ClientAuthenticationService) {
    super();
  }

  override accepts({ scheme }: PresentedCredential): boolean {
    return scheme === 'form';
  }

  override async identify({ body, ip }: CredentialRequest): Promise<AuthenticatedClient> {
    if (!(body instanceof FormBody)) throw new Unauthenticated('no form', false);
    const clientId = body.get('client_id');
    const secret = body.get('client_secret');
    if (body.get('client_assertion')) {
      if (secret) throw new InvalidTokenRequest('authenticate the client by one method only');
      throw new Unauthenticated('client assertions are not supported');
    }
    if (!clientId && !secret) throw new Unauthenticated('no client credentials', false);
    if (!clientId || !secret) throw new Unauthenticated('half of the client credentials');
    return this.clients.authenticate({ clientId, secret }, ip);
  }
}
