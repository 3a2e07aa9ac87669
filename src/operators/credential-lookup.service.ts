import { Inject, Injectable } from '@nestjs/common';
import { ConfiguredTokens } from '../access/secrets/configured-token.js';
import { type FoundCredential } from '../access/credentials/found-credential.js';
import { KeyLookupService } from '../api-keys/key-lookup.service.js';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { OAuthCredentialLookupService } from '../oauth/credential-lookup.service.js';
import { SessionLookupService } from '../users/sessions/session-lookup.service.js';

/** Says what a credential is that somebody found in a log or a leak; its shape tells its kind. */
@Injectable()
export class CredentialLookupService {
  private readonly resourceServers: ConfiguredTokens<{ name: string; sha256: string }>;
  private readonly operators: ConfiguredTokens<{ name: string; sha256: string }>;

  constructor(
    @Inject(RUNTIME) { config }: Runtime,
    private readonly keys: KeyLookupService,
    private readonly oauth: OAuthCredentialLookupService,
    private readonly sessions: SessionLookupService,
  ) {
    this.resourceServers = new ConfiguredTokens('kcr', config.resourceServers);
    this.operators = new ConfiguredTokens('kco', config.operatorTokens);
  }

  async byCredential(text: string): Promise<FoundCredential[]> {
    if (text.startsWith('kcs_')) return this.sessions.byToken(text);
    if (text.startsWith('kcr_')) return configured('resource_server', this.resourceServers, text);
    if (text.startsWith('kco_')) return configured('operator', this.operators, text);
    return (await this.keys.byPlaintext(text)) ?? this.oauth.byToken(text);
  }

  byKeyPrefix(prefix: string): Promise<FoundCredential[]> {
    return this.keys.byPrefix(prefix);
  }

  byClientId(clientId: string): Promise<FoundCredential[]> {
    return this.oauth.byClientId(clientId);
  }
}

/** Their organization, times and uses are nobody's business but the configuration's. */
function configured(
  kind: 'resource_server' | 'operator',
  tokens: ConfiguredTokens<{ name: string; sha256: string }>,
  text: string,
): FoundCredential[] {
  const token = tokens.find(text);
  if (!token) return [];
  const { name } = token;
  const nothing = { organizationId: null, projectId: null, userId: null, whyDead: null };
  const never = { createdAt: null, expiresAt: null, lastUsedAt: null };
  return [{ kind, id: name, name, ...nothing, ...never }];
}
