import { Injectable } from '@nestjs/common';
import {
  assertAddressesWithin,
  assertHoldsScopes,
  assertScopesFit,
  ExpiresInPast,
  ScopeExceedsCreator,
} from '../../access/scopes/granting.js';
import { type Actor } from '../../access/principal.js';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { ProjectsService } from '../../organizations/projects/projects.service.js';
import { type KeyEnvironment, type KeyRateLimit } from '../api-key.entity.js';

/** What a new key is to be. */
export interface KeyDraft {
  readonly name: string;
  readonly scopes: readonly string[];
  /** UUID. */
  readonly projectId: string | null;
  readonly expiresAt: Date | null;
  readonly deviceName: string | null;
  readonly environment: KeyEnvironment;
  readonly ipAllowlist: readonly string[] | null;
  readonly rateLimit: KeyRateLimit | null;
  readonly metadata: object;
}

/** What is handed out with a key. */
type Handed = Pick<KeyDraft, 'scopes' | 'projectId' | 'expiresAt' | 'ipAllowlist'>;

/** Which keys may be made at all, and by whom. */
@Injectable()
export class KeyGrants {
  constructor(
    private readonly catalogue: ScopeCatalogue,
    private readonly projects: ProjectsService,
  ) {}

  /**
   * The draft, confined as its maker is: where it leaves project, addresses or expiry open, it
   * gets the maker's.
   *
   * @throws InvalidScope
   * @throws ExpiresInPast
   * @throws ScopeNotAllowedForProjectKey
   * @throws ScopeExceedsCreator where it asks for more than its maker has
   * @throws ProjectNotFound
   */
  async permit(actor: Actor, wanted: KeyDraft, now: Date): Promise<KeyDraft> {
    const draft = confine(actor, wanted);
    assertScopesFit(this.catalogue, draft.scopes, draft.projectId);
    if (draft.expiresAt !== null && draft.expiresAt <= now) throw new ExpiresInPast();
    this.assertHeld(actor, draft);
    if (draft.projectId !== null) {
      await this.projects.require(actor.organizationId, draft.projectId);
    }
    return draft;
  }

  /**
   * Whoever makes a key, rotates it, enables it or loosens it hands out all of it.
   *
   * @throws ScopeExceedsCreator where it may more than the actor, elsewhere or for longer
   */
  assertHeld(actor: Actor, { scopes, projectId, expiresAt, ipAllowlist }: Handed): void {
    const { bounds } = actor;
    assertHoldsScopes(this.catalogue, actor, scopes);
    if (actor.projectId !== null && projectId !== actor.projectId) {
      throw new ScopeExceedsCreator('another project than your own');
    }
    if (bounds.expiresAt !== null && (expiresAt ?? Infinity) > bounds.expiresAt) {
      throw new ScopeExceedsCreator(`a life beyond ${bounds.expiresAt.toISOString()}`);
    }
    assertAddressesWithin(bounds, ipAllowlist);
  }
}

function confine({ projectId, bounds }: Actor, draft: KeyDraft): KeyDraft {
  return {
    ...draft,
    projectId: draft.projectId ?? projectId,
    expiresAt: draft.expiresAt ?? bounds.expiresAt,
    ipAllowlist: draft.ipAllowlist ?? bounds.ipAllowlist,
  };
}
