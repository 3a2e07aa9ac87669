import { Injectable } from '@nestjs/common';
import { type Actor } from '../access/principal.js';
import { ScopeCatalogue } from '../access/scopes.js';
import { ProjectsService } from '../organizations/projects/projects.service.js';
import { AddressRanges } from './address-ranges.js';
import { type KeyEnvironment, type KeyRateLimit } from './api-key.entity.js';
import {
  ExpiresInPast,
  InvalidScope,
  ScopeExceedsCreator,
  ScopeNotAllowedForProjectKey,
} from './api-keys.errors.js';

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
    this.requireSense(draft, now);
    this.requireHeld(actor, draft);
    if (draft.projectId !== null) {
      await this.projects.require(actor.organizationId, draft.projectId);
    }
    return draft;
  }

  private requireSense({ scopes, projectId, expiresAt }: KeyDraft, now: Date): void {
    const unknown = scopes.filter((scope) => !this.catalogue.isKnown(scope));
    if (unknown.length > 0) throw new InvalidScope(unknown);
    if (expiresAt !== null && expiresAt <= now) throw new ExpiresInPast();
    const tooWide = scopes.filter((scope) => !this.catalogue.isAllowedInProject(scope));
    if (projectId !== null && tooWide.length > 0) throw new ScopeNotAllowedForProjectKey(tooWide);
  }

  private requireHeld(actor: Actor, { scopes, projectId, expiresAt, ipAllowlist }: KeyDraft): void {
    const missing = scopes.find((scope) => !this.catalogue.covers(actor.scopes, scope));
    if (missing !== undefined) {
      throw new ScopeExceedsCreator(`with the scope ${missing}, which it does not hold itself`);
    }
    if (actor.projectId !== null && projectId !== actor.projectId) {
      throw new ScopeExceedsCreator('for another project than its own');
    }
    const { bounds } = actor;
    if (bounds.expiresAt !== null && (expiresAt === null || expiresAt > bounds.expiresAt)) {
      throw new ScopeExceedsCreator('that outlives it');
    }
    if (bounds.ipAllowlist !== null) {
      const own = new AddressRanges(bounds.ipAllowlist);
      if (!ipAllowlist?.every((range) => own.cover(range))) {
        throw new ScopeExceedsCreator('for addresses that are not its own');
      }
    }
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
