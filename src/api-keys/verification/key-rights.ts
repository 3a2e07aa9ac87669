import { Injectable } from '@nestjs/common';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { SharedValues } from '../../changes/shared-values.js';
import {
  type KeyUsePolicy,
  type KeyUseRules,
} from '../../organizations/policies/key-use-policies.service.js';
import { type KnownKey } from './known-key.js';

/** Rights beyond which a policy lets no key go. */
interface Limit {
  readonly policy: KeyUsePolicy;
  readonly rights: ReadonlySet<string>;
}

/** What keys may do at this moment. */
@Injectable()
export class KeyRights {
  /** Before policies: by the scopes of a key, and its project. */
  private readonly granted = new SharedValues((json) => {
    const [scopes, projectId] = JSON.parse(json) as [string[], string | null];
    return this.catalogue.effective(scopes, projectId);
  });

  constructor(private readonly catalogue: ScopeCatalogue) {}

  /**
   * Every single right of a key: its scopes expanded, without what its project forbids, within what
   * the policies allow.
   */
  of(known: KnownKey): ReadonlySet<string> {
    known.rights ??= this.find(known);
    return known.rights;
  }

  private find(known: KnownKey): ReadonlySet<string> {
    const { key, policies } = known;
    let rights = this.granted.of(JSON.stringify([key.scopes, key.projectId]));
    for (const limit of this.limits(known, policies.enforced)) {
      rights = new Set([...rights].filter((right) => this.isWithin(limit, right)));
    }
    return rights;
  }

  /** Why a key lacks one of the scopes, as a sentence; null where it has them all. */
  whyLacks(known: KnownKey, scopes: readonly string[]): string | null {
    const held = this.of(known);
    const missing = scopes.find((scope) => !this.catalogue.covers(held, scope));
    return missing === undefined ? null : this.whyLacksOne(known, missing);
  }

  /** The policies that keep one of these scopes from a key, or would do so. */
  policiesAgainst(known: KnownKey, rules: KeyUseRules, scopes: readonly string[]): KeyUsePolicy[] {
    return this.limits(known, rules)
      .filter((limit) => !scopes.every((scope) => this.isWithin(limit, scope)))
      .map(({ policy }) => policy);
  }

  private whyLacksOne(known: KnownKey, scope: string): string {
    const { key, policies } = known;
    if (!this.catalogue.covers(this.catalogue.expand(key.scopes), scope)) {
      return `the key does not have ${scope}`;
    }
    const [policy] = this.policiesAgainst(known, policies.enforced, [scope]);
    switch (policy) {
      case 'allowed_scopes':
        return `the policy allowed_scopes leaves ${scope} out`;
      case 'bound_to_creator':
        return `who made the key does not hold ${scope} by now (policy bound_to_creator)`;
      default:
        return `a key of a project cannot use ${scope}`;
    }
  }

  private limits({ key, makerRole }: KnownKey, rules: KeyUseRules): Limit[] {
    const { allowedScopes, boundToCreator } = rules;
    const limits: Limit[] = [];
    if (allowedScopes) {
      limits.push({ policy: 'allowed_scopes', rights: this.catalogue.expand(allowedScopes) });
    }
    if (boundToCreator && key.createdByUserId !== null) {
      const rights = makerRole === null ? new Set<string>() : this.catalogue.ofRole(makerRole);
      limits.push({ policy: 'bound_to_creator', rights });
    }
    return limits;
  }

  private isWithin({ rights }: Limit, right: string): boolean {
    return this.catalogue.covers(rights, right);
  }
}
