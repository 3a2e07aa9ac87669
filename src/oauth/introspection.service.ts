import { Inject, Injectable } from '@nestjs/common';
import { encodeId, encodeOptionalId } from '../access/ids.js';
import { type Caller, isMachine, type Origin, type Principal } from '../access/principal.js';
import { ScopeCatalogue } from '../access/scopes/scopes.js';
import {
  KeyVerificationService,
  type Verdict,
} from '../api-keys/verification/key-verification.service.js';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import { AccessTokensService } from './tokens/access-tokens.service.js';
import { type KnownToken } from './tokens/known-token.js';

/** A good credential as whoever may see it is told of it (RFC 7662 §2.2). */
export interface Introspection {
  readonly kind: 'access_token' | 'api_key';
  /** In the words of the catalogue: coarse ones where all that they stand for is left. */
  readonly scopes: readonly string[];
  /** The client's id, or the key's. */
  readonly subject: string;
  readonly clientId: string | null;
  readonly audience: string;
  readonly issuer: string;
  readonly id: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date | null;
  /** Wire ids. */
  readonly organizationId: string;
  readonly projectId: string | null;
  /** What was told of it; null where that has to be made. */
  json: string | null;
}

/** Which credentials exist for whoever asks. */
type Viewer =
  | { readonly sees: 'own'; readonly clientId: string }
  | { readonly sees: 'organization'; readonly organizationId: string }
  | { readonly sees: 'all' }
  | { readonly sees: 'resource'; readonly resource: string };

/** Says of tokens and keys, one plane of credentials, whether they are good. */
@Injectable()
export class IntrospectionService {
  private readonly issuer: string;
  private readonly told = new WeakMap<KnownToken, Introspection>();

  constructor(
    @Inject(RUNTIME) { publicUrl }: Runtime,
    private readonly tokens: AccessTokensService,
    private readonly keys: KeyVerificationService,
    private readonly catalogue: ScopeCatalogue,
  ) {
    this.issuer = publicUrl;
  }

  /**
   * What is known of each text, in order: null for everything that is not good or that the
   * caller may not see, without a difference.
   *
   * @throws KeySearchBusy for what may be an imported key with a slow hash
   */
  async introspect(
    { principal, origin }: Caller,
    texts: readonly string[],
  ): Promise<(Introspection | null)[]> {
    const viewer = viewerOf(principal);
    const tenant = tenantOf(principal);
    const tokens = await this.tokens.find(texts, tenant);
    const others = texts.filter((_, index) => !tokens[index]);
    const keys = (await this.validKeys(viewer, others, origin)).values();
    // Keys may cost slow hashes, and a token may have been revoked meanwhile.
    const judged = others.length > 0 ? await this.tokens.find(texts, tenant) : tokens;
    return texts.map((_, index) => {
      if (!tokens[index]) return keys.next().value ?? null;
      const token = judged[index];
      return token ? this.viewed(viewer, token) : null;
    });
  }

  /** The same of one. */
  async introspectOne({ principal, origin }: Caller, text: string): Promise<Introspection | null> {
    const viewer = viewerOf(principal);
    const found = this.tokens.findOne(text, tenantOf(principal));
    // What is in memory is not waited for: each wait would be a turn of its own.
    const token = found instanceof Promise ? await found : found;
    if (token) return this.viewed(viewer, token);
    const [key = null] = await this.validKeys(viewer, [text], origin);
    return key;
  }

  private viewed(viewer: Viewer, token: KnownToken): Introspection | null {
    return token.whyDead === null && mayView(viewer, token) ? this.token(token) : null;
  }

  private token(token: KnownToken): Introspection {
    let told = this.told.get(token);
    if (!told) {
      told = this.tell(token);
      this.told.set(token, told);
    }
    return told;
  }

  private tell(token: KnownToken): Introspection {
    return {
      kind: 'access_token',
      scopes: this.catalogue.within(token.scopes, token.clientScopes),
      subject: token.clientId,
      clientId: token.clientId,
      audience: token.audience ?? this.issuer,
      issuer: this.issuer,
      id: token.id,
      issuedAt: token.issuedAt,
      expiresAt: token.expiresAt,
      organizationId: encodeId('organization', token.organizationId),
      projectId: encodeOptionalId('project', token.projectId),
      json: null,
    };
  }

  /** In order; null for what is no good key, or none that may be seen. */
  private async validKeys(
    viewer: Viewer,
    texts: readonly string[],
    origin: Origin,
  ): Promise<(Introspection | null)[]> {
    if (viewer.sees === 'own') return texts.map(() => null);
    const withinOrganizationId = viewer.sees === 'organization' ? viewer.organizationId : null;
    // Where the key is used from is not known here: one with an allowlist is for `verify`.
    const use = { ip: null, strangerIp: null, withinOrganizationId, origin };
    // Of what is not decided it can't be said that it is not active.
    const verdicts = await this.keys.verifyAllOrNone(texts, use);
    return verdicts.map((verdict) => (verdict.code === 'valid' ? this.validKey(verdict) : null));
  }

  private validKey({ key, rights }: Extract<Verdict, { rights: unknown }>): Introspection {
    const id = encodeId('apiKey', key.id);
    return {
      kind: 'api_key',
      scopes: this.catalogue.within(key.scopes, rights),
      subject: id,
      clientId: null,
      audience: this.issuer,
      issuer: this.issuer,
      id,
      issuedAt: key.createdAt,
      expiresAt: key.expiresAt,
      organizationId: encodeId('organization', key.organizationId),
      projectId: encodeOptionalId('project', key.projectId),
      json: null,
    };
  }
}

function viewerOf(principal: Principal): Viewer {
  if (principal.kind === 'resource_server') {
    const { resource } = principal;
    return resource === null ? { sees: 'all' } : { sees: 'resource', resource };
  }
  if (!isMachine(principal)) throw new Error('the access rule of introspection admits people');
  return principal.scopes.has('introspection')
    ? { sees: 'organization', organizationId: principal.organizationId }
    : { sees: 'own', clientId: principal.id };
}

/** Whose tokens exist for the caller: of his own organization, or of all. */
function tenantOf(principal: Principal): string | null {
  return isMachine(principal) ? principal.organizationId : null;
}

function mayView(viewer: Viewer, token: KnownToken): boolean {
  switch (viewer.sees) {
    case 'own':
      return token.clientId === viewer.clientId;
    case 'organization':
      return token.organizationId === viewer.organizationId;
    case 'resource':
      return token.audience === viewer.resource;
    case 'all':
      return true;
  }
}
