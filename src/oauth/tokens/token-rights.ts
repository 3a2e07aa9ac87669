import { Injectable } from '@nestjs/common';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { SharedValues } from '../../changes/shared-values.js';
import { type KnownToken } from './known-token.js';

/** What tokens, and those who get them, may do: one set for all that may do the same. */
@Injectable()
export class TokenRights {
  private readonly clients = new SharedValues((json) => {
    const [scopes, projectId] = JSON.parse(json) as [string[], string | null];
    return this.catalogue.effective(scopes, projectId);
  });
  private readonly tokens = new SharedValues((json) => {
    const [scopes, clientScopes] = JSON.parse(json) as [string[], string[]];
    const asIssued = [...this.catalogue.expand(scopes)];
    const held = new Set(clientScopes);
    return new Set(asIssued.filter((scope) => held.has(scope)));
  });

  constructor(private readonly catalogue: ScopeCatalogue) {}

  /**
   * Every single right of a client.
   *
   * @param projectId UUID of the project that it is confined to, or null
   */
  ofClient(scopes: readonly string[], projectId: string | null): ReadonlySet<string> {
    return this.clients.of(JSON.stringify([scopes, projectId]));
  }

  /**
   * Every single right that a token gives: what it was issued for, as far as its client has it by now.
   */
  of(token: KnownToken): ReadonlySet<string> {
    token.rights ??= this.tokens.of(JSON.stringify([token.scopes, [...token.clientScopes]]));
    return token.rights;
  }
}
