import { Injectable } from '@nestjs/common';
import {
  assertHoldsScopes,
  assertScopesFit,
  CannotChangeItself,
  ScopeExceedsCreator,
} from '../../access/granting.js';
import { type Actor } from '../../access/principal.js';
import { ScopeCatalogue } from '../../access/scopes.js';
import { type OAuthClient } from './oauth-client.entity.js';

/** Which rights a client may be given, and by whom. */
@Injectable()
export class ClientRights {
  constructor(private readonly catalogue: ScopeCatalogue) {}

  /**
   * @throws InvalidScope
   * @throws ScopeNotAllowedForProjectKey
   */
  assertFit(scopes: readonly string[], projectId: string | null): void {
    assertScopesFit(this.catalogue, scopes, projectId);
  }

  /**
   * Whoever hands out a client, or a secret of one, hands out everything that it may do, from any
   * address.
   *
   * @throws ScopeExceedsCreator
   */
  assertHeld(actor: Actor, scopes: readonly string[]): void {
    assertHoldsScopes(this.catalogue, actor, scopes);
    if (actor.bounds.ipAllowlist !== null) {
      throw new ScopeExceedsCreator('use from any address');
    }
  }

  /**
   * @throws CannotChangeItself
   * @throws ScopeExceedsCreator where the change gives the client more than the actor holds
   */
  assertMayChange(
    actor: Actor,
    before: OAuthClient,
    after: Pick<OAuthClient, 'scopes' | 'isActive' | 'tokenTtlSeconds'>,
  ): void {
    if (actor.kind === 'oauth_client' && actor.id === before.clientId) {
      throw new CannotChangeItself();
    }
    // To enable a client is to hand out all of it again; to let its tokens live longer, as well.
    const isEnabled = after.isActive && !before.isActive;
    const isProlonged = after.tokenTtlSeconds > before.tokenTtlSeconds;
    const had = this.catalogue.expand(isEnabled || isProlonged ? [] : before.scopes);
    const gained = after.scopes.filter((scope) => !this.catalogue.covers(had, scope));
    if (gained.length > 0) this.assertHeld(actor, gained);
  }
}
