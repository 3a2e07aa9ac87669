import { Injectable } from '@nestjs/common';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { type AuthenticatedClient } from '../authentication/authenticated-client.js';
import { ScopeRefused } from '../oauth.errors.js';
import { type Audience } from '../clients/resources.js';

/** Decides which scopes a token gets. */
@Injectable()
export class GrantableScopes {
  constructor(private readonly catalogue: ScopeCatalogue) {}

  /**
   * Exactly what is asked for, never less; without `scope`, all that the client may have where the
   * token is for. In the order of the client's registration, then of the catalogue.
   *
   * @throws ScopeRefused
   */
  grant(
    client: AuthenticatedClient,
    scope: string | undefined,
    audience: Audience,
  ): readonly string[] {
    const granted =
      scope === undefined ? this.all(client, audience) : this.asked(client, scope, audience);
    if (granted.length === 0) throw new ScopeRefused('the client has no scope left');
    return granted;
  }

  /** For a resource its own scopes are spelled out: coarser ones mean nothing to it. */
  private all(client: AuthenticatedClient, audience: Audience): readonly string[] {
    const offered =
      audience.resource === null
        ? client.defaultScopes
        : this.catalogue.all().filter((each) => this.catalogue.covers(client.scopes, each));
    return offered.filter((each) => audience.permits(each));
  }

  private asked(client: AuthenticatedClient, scope: string, audience: Audience): readonly string[] {
    // Single spaces separate (RFC 6749 §3.3); any other text between them is no scope that is known.
    const asked = new Set(scope.split(' '));
    for (const each of asked) {
      const isGrantable =
        this.catalogue.isKnown(each) && this.catalogue.covers(client.scopes, each);
      if (!isGrantable) throw new ScopeRefused('beyond the client');
      if (!audience.permits(each)) throw new ScopeRefused('means nothing at the resource');
    }
    const ordered = new Set([...client.defaultScopes, ...this.catalogue.all()]);
    return [...ordered].filter((each) => asked.has(each));
  }
}
