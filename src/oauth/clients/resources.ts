import { Inject, Injectable } from '@nestjs/common';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { InvalidTarget } from '../oauth.errors.js';

/** Whom a token is for, and which scopes mean something there (RFC 9068 §3). */
export interface Audience {
  /** Identifier of the resource; null for the issuer, and so for Keycap's own API. */
  readonly resource: string | null;
  permits(scope: string): boolean;
}

/** The resources of this deployment (RFC 8707): Keycap itself, and those of KEYCAP_RESOURCES. */
@Injectable()
export class Resources {
  private readonly issuer: string;
  private readonly scopesOf: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(
    @Inject(RUNTIME) { config, publicUrl }: Runtime,
    private readonly catalogue: ScopeCatalogue,
  ) {
    this.issuer = publicUrl;
    this.scopesOf = new Map(
      config.protectedResources.map(({ resource, scopes }) => [resource, new Set(scopes)]),
    );
  }

  /** Whether a client can be given this resource. */
  isKnown(resource: string): boolean {
    return this.scopesOf.has(resource);
  }

  /**
   * Whom a token is for that is asked for with these `resource` parameters; with none, the issuer.
   * Each token is for one resource: one that is good at two could be passed on by either.
   *
   * @throws InvalidTarget
   */
  audienceOf(client: AuthenticatedClient, asked: readonly string[]): Audience {
    const [resource = this.issuer, ...others] = new Set(asked);
    if (others.length > 0) throw new InvalidTarget('several resources');
    // A URL without a path may be written with a slash at its end (RFC 3986 §6.2.3).
    if (resource === this.issuer || resource === `${this.issuer}/`) {
      return { resource: null, permits: (scope) => this.catalogue.isMeaningfulByDefault(scope) };
    }
    const scopes = this.scopesOf.get(resource);
    if (!scopes) throw new InvalidTarget('an unknown resource');
    if (!client.tokens.resources.includes(resource)) throw new InvalidTarget("not the client's");
    return { resource, permits: (scope) => scopes.has(scope) };
  }
}
