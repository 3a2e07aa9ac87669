import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { complaintAbout, type Reach, reachOf } from '../../http/outbound/acceptable-url.js';
import { patched } from '../../patch.js';
import { ValidationFailed } from '../../problem.js';
import { Resources } from './resources.js';
import { type OAuthClient } from './oauth-client.entity.js';

/** What of a client can be chosen, and chosen anew. */
export type ClientSettings = Pick<
  OAuthClient,
  | 'name'
  | 'scopes'
  | 'tokenFormat'
  | 'tokenTtlSeconds'
  | 'authMethod'
  | 'jwks'
  | 'jwksUri'
  | 'ipAllowlist'
  | 'resources'
  | 'maxTokensPerHour'
  | 'reuseTokens'
  | 'isActive'
>;

/** Settings that are to change; what is undefined stays. */
export type ClientPatch = { readonly [Name in keyof ClientSettings]?: ClientSettings[Name] };

/** The settings of a client, by themselves. */
function settingsOf(client: ClientSettings): ClientSettings {
  const { name, scopes, tokenFormat, tokenTtlSeconds, authMethod, jwks, jwksUri } = client;
  const { ipAllowlist, resources, maxTokensPerHour, reuseTokens, isActive } = client;
  return {
    ...{ name, scopes, tokenFormat, tokenTtlSeconds, authMethod, jwks, jwksUri },
    ...{ ipAllowlist, resources, maxTokensPerHour, reuseTokens, isActive },
  };
}

/** The settings after a change. A client that no longer signs has no use for its keys. */
export function changed(before: ClientSettings, patch: ClientPatch): ClientSettings {
  const stopsSigning = signs(before) && patch.authMethod !== undefined && !signs(patch);
  const settings = settingsOf(before);
  return patched(stopsSigning ? { ...settings, jwks: null, jwksUri: null } : settings, patch);
}

/** Whether the client proves itself by signatures, and so has no secret. */
export function signs({ authMethod }: Pick<ClientPatch, 'authMethod'>): boolean {
  return authMethod === 'private_key_jwt';
}

/** The settings as the audit log shows them. */
export function wireOf(settings: ClientSettings): Record<string, unknown> {
  return {
    name: settings.name,
    scopes: settings.scopes,
    token_format: settings.tokenFormat,
    token_ttl_seconds: settings.tokenTtlSeconds,
    token_endpoint_auth_method: settings.authMethod,
    // A set may be large; whether it is another one is what matters.
    jwks: settings.jwks && `sha256:${sha256(JSON.stringify(settings.jwks))}`,
    jwks_uri: settings.jwksUri,
    ip_allowlist: settings.ipAllowlist,
    resources: settings.resources,
    max_tokens_per_hour: settings.maxTokensPerHour,
    reuse_tokens: settings.reuseTokens,
    is_active: settings.isActive,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Which settings go together. */
@Injectable()
export class ClientSettingsRules {
  private readonly reach: Reach;

  constructor(
    @Inject(RUNTIME) runtime: Runtime,
    private readonly resources: Resources,
  ) {
    this.reach = reachOf(runtime);
  }

  /** @throws ValidationFailed */
  assertCoherent(settings: ClientSettings): void {
    const problems = {
      ...keyProblems(settings),
      ...this.addressProblems(settings),
      ...this.resourceProblems(settings),
      ...(settings.reuseTokens && settings.tokenFormat === 'jwt'
        ? { reuse_tokens: ['reuse_tokens needs token_format opaque: a jwt is not kept'] }
        : {}),
    };
    if (Object.keys(problems).length > 0) throw new ValidationFailed(problems);
  }

  private addressProblems({ jwksUri }: ClientSettings): Record<string, string[]> {
    const complaint = jwksUri === null ? null : complaintAbout(jwksUri, this.reach);
    return complaint === null ? {} : { jwks_uri: [`jwks_uri ${complaint}`] };
  }

  private resourceProblems({ resources }: ClientSettings): Record<string, string[]> {
    const unknown = resources.filter((each) => !this.resources.isKnown(each));
    const sentences = unknown.map((each) => `${each} is no resource of this deployment`);
    return unknown.length === 0 ? {} : { resources: sentences };
  }
}

function keyProblems(settings: ClientSettings): Record<string, string[]> {
  const given = [settings.jwks, settings.jwksUri].filter((each) => each !== null).length;
  if (signs(settings)) {
    return given === 1
      ? {}
      : { jwks: ['private_key_jwt needs jwks or jwks_uri, and not both of them'] };
  }
  return given === 0 ? {} : { jwks: ['jwks and jwks_uri are for private_key_jwt alone'] };
}
