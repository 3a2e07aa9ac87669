import { Injectable } from '@nestjs/common';
import { type FoundCredential } from '../access/credentials/found-credential.js';
import { ClientLookupService } from './clients/client-lookup.service.js';
import { AccessTokensService } from './tokens/access-tokens.service.js';

/** Finds tokens and clients of any organization, for those who run the deployment. */
@Injectable()
export class OAuthCredentialLookupService {
  constructor(
    private readonly tokens: AccessTokensService,
    private readonly clients: ClientLookupService,
  ) {}

  /** Nothing is kept of tokens that expired hours ago. */
  async byToken(text: string): Promise<FoundCredential[]> {
    const [token] = await this.tokens.find([text], null);
    if (!token) return [];
    const { id, organizationId, projectId, clientId, whyDead, issuedAt, expiresAt } = token;
    const found: FoundCredential = {
      kind: 'access_token',
      id,
      organizationId,
      projectId,
      userId: null,
      name: clientId,
      whyDead,
      createdAt: issuedAt,
      expiresAt,
      // Tokens are counted by client when they are issued; no use of one is noted.
      lastUsedAt: null,
    };
    return [found];
  }

  byClientId(clientId: string): Promise<FoundCredential[]> {
    return this.clients.find(clientId);
  }
}
