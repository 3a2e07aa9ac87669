import { Injectable } from '@nestjs/common';
import {
  assertAddressesWithin,
  assertHoldsScopes,
  assertScopesFit,
  CannotChangeItself,
  reachesFurther,
  ScopeExceedsCreator,
} from '../../access/scopes/granting.js';
import { type Actor } from '../../access/principal.js';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { type ClientSettings, ClientSettingsRules, signs } from './client-settings.js';
import { type OAuthClient } from './oauth-client.entity.js';

/** What is handed out with a client: what it may do, from where, and how it proves itself. */
type Handed = Pick<ClientSettings, 'scopes' | 'ipAllowlist' | 'authMethod'>;

/** What a client may be like, and who may make it so. */
@Injectable()
export class ClientPolicy {
  constructor(
    private readonly catalogue: ScopeCatalogue,
    private readonly rules: ClientSettingsRules,
  ) {}

  /**
   * @param hasNewScopes false for scopes that the client has already: they may be gone from the
   * catalogue by now, which is no reason to refuse another change
   * @throws ValidationFailed for settings that do not go together
   * @throws InvalidScope
   * @throws ScopeNotAllowedForProjectKey
   */
  assertPossible(settings: ClientSettings, projectId: string | null, hasNewScopes = true): void {
    this.rules.assertCoherent(settings);
    if (hasNewScopes) assertScopesFit(this.catalogue, settings.scopes, projectId);
  }

  /**
   * Whoever hands out a client, or a secret of one, hands out everything that it may do, from
   * everywhere that it may be used. Secrets end with the credential that makes them; keys that a
   * client signs with do not end, so a credential that ends hands out none.
   *
   * @throws ScopeExceedsCreator
   */
  assertHeld(actor: Actor, handed: Handed): void {
    assertHoldsScopes(this.catalogue, actor, handed.scopes);
    assertAddressesWithin(actor.bounds, handed.ipAllowlist);
    if (signs(handed)) assertEndless(actor);
  }

  /**
   * @throws CannotChangeItself
   * @throws ScopeExceedsCreator where the change gives the client more than the actor holds
   */
  assertMayChange(actor: Actor, before: OAuthClient, after: ClientSettings): void {
    if (actor.kind === 'oauth_client' && actor.id === before.clientId) {
      throw new CannotChangeItself();
    }
    // To loosen a client is to hand out all of it again.
    const had = this.catalogue.expand(isLoosened(before, after) ? [] : before.scopes);
    const gained = after.scopes.filter((scope) => !this.catalogue.covers(had, scope));
    if (gained.length > 0) this.assertHeld(actor, { ...after, scopes: gained });
    // Enabled, it works on when the credential that enabled it has ended.
    if (after.isActive && !before.isActive) assertEndless(actor);
  }
}

/** @throws ScopeExceedsCreator for a credential that ends */
function assertEndless({ bounds }: Actor): void {
  if (bounds.expiresAt !== null) throw new ScopeExceedsCreator('a later expiry');
}

/** Whether the client can be used by more, for longer, more often or at more places than before. */
function isLoosened(before: ClientSettings, after: ClientSettings): boolean {
  const isEnabled = after.isActive && !before.isActive;
  const livesLonger = after.tokenTtlSeconds > before.tokenTtlSeconds;
  const issuesMore = (after.maxTokensPerHour ?? Infinity) > (before.maxTokensPerHour ?? Infinity);
  const hasNewPlace = after.resources.some((each) => !before.resources.includes(each));
  return (
    isEnabled ||
    livesLonger ||
    issuesMore ||
    hasNewPlace ||
    reachesFurther(before.ipAllowlist, after.ipAllowlist) ||
    hasOtherProofs(before, after)
  );
}

/** Another key is another credential, whoever has it. */
function hasOtherProofs(before: ClientSettings, after: ClientSettings): boolean {
  return (
    before.authMethod !== after.authMethod ||
    before.jwksUri !== after.jwksUri ||
    JSON.stringify(before.jwks) !== JSON.stringify(after.jwks)
  );
}
