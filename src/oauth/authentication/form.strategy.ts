import { Injectable } from '@nestjs/common';
import passport from 'passport';
import { originOf } from '../../access/access-request.js';
import { Unauthenticated } from '../../access/access.errors.js';
import {
  type CredentialRequest,
  CredentialStrategyOf,
  type PresentedCredential,
} from '../../access/credentials/credential-strategy.js';
import { FormBody } from '../../http/input/form-body.js';
import { InvalidTokenRequest } from '../oauth.errors.js';
import { type AuthenticatedClient } from './authenticated-client.js';
import { ASSERTION_TYPE } from './client-assertion.js';
import { ClientAuthenticationService } from './client-authentication.service.js';

/**
 * A client by its form: `client_id` with `client_secret` (`client_secret_post`, RFC 6749 §2.3.1), or
 * `client_assertion` with its type (`private_key_jwt`, RFC 7523 §2.2).
 */
@Injectable()
export class FormStrategy extends CredentialStrategyOf(passport.Strategy, 'oauth-client-form') {
  constructor(private readonly clients: ClientAuthenticationService) {
    super();
  }

  override accepts({ scheme }: PresentedCredential): boolean {
    return scheme === 'form';
  }

  override async identify(request: CredentialRequest): Promise<AuthenticatedClient> {
    const { body } = request;
    if (!(body instanceof FormBody)) throw new Unauthenticated('no form', false);
    const type = body.get('client_assertion_type');
    const assertion = body.get('client_assertion');
    if (type === undefined && assertion === undefined) return this.bySecret(body, request);
    if (body.get('client_secret')) {
      throw new InvalidTokenRequest('authenticate the client by one method only');
    }
    if (type === undefined || assertion === undefined) {
      throw new InvalidTokenRequest('send client_assertion together with client_assertion_type');
    }
    if (type !== ASSERTION_TYPE) throw new Unauthenticated('an unknown type of client assertion');
    const shown = { assertion, clientId: body.get('client_id') };
    return this.clients.byAssertion(shown, originOf(request));
  }

  private bySecret(body: FormBody, request: CredentialRequest): Promise<AuthenticatedClient> {
    const clientId = body.get('client_id');
    const secret = body.get('client_secret');
    if (!clientId && !secret) throw new Unauthenticated('no client credentials', false);
    if (!clientId || !secret) throw new Unauthenticated('half of the client credentials');
    return this.clients.bySecret({ clientId, secret }, originOf(request));
  }
}
