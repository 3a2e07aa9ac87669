import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Actor } from '../../access/principal.js';
import { type AuditActor } from '../../audit/audit.service.js';
import { Transactions } from '../../database/transactions.js';
import {
  CREDENTIAL_STORES,
  type CredentialSelection,
  type CredentialStore,
  type MadeCredential,
} from '../credentials/credential-store.service.js';
import { PoliciesService } from '../policies/policies.service.js';
import { type LeaveRule } from '../policies/policy.js';
import { type Membership } from './membership.entity.js';

/** Most credentials of a kind that a preview lists. */
const MOST_LISTED = 1000;

/** What would happen to what a member made, if he were removed or paused now. */
export interface Offboarding {
  readonly rule: LeaveRule;
  readonly credentials: readonly (MadeCredential & { readonly isEnded: boolean })[];
}

type Leaver = Pick<Membership, 'organizationId' | 'userId'>;

/** What becomes of the keys and clients that a member made, by his organization's policy. */
@Injectable()
export class DeparturesService {
  constructor(
    @Inject(CREDENTIAL_STORES) private readonly stores: readonly CredentialStore[],
    private readonly policies: PoliciesService,
    private readonly transactions: Transactions,
  ) {}

  async preview({ organizationId, userId }: Leaver): Promise<Offboarding> {
    const manager = this.transactions.outside;
    const { memberKeysOnLeave: rule } = await this.policies.of(manager, organizationId);
    const credentials: MadeCredential[] = [];
    for (const store of this.stores) {
      const made = await store.listMadeBy(manager, { organizationId, userId }, MOST_LISTED);
      credentials.push(...made);
    }
    return {
      rule,
      credentials: credentials.map((each) => ({ ...each, isEnded: isEnded(rule, each) })),
    };
  }

  /** For whoever removes a member, in the transaction that holds the organization's lock. */
  async end(manager: EntityManager, by: Actor | AuditActor, leaver: Leaver): Promise<void> {
    const which = await this.concerned(manager, leaver);
    if (!which) return;
    for (const store of this.stores)
      await store.end(manager, which, { by, cause: 'member_removed' });
  }

  /** As `end`, until he comes back. */
  async pause(manager: EntityManager, by: Actor | AuditActor, leaver: Leaver): Promise<void> {
    const which = await this.concerned(manager, leaver);
    if (!which) return;
    for (const store of this.stores)
      await store.pause(manager, which, { by, cause: 'member_paused' });
  }

  /** Whatever the policy says by now: what was paused with him comes back with him. */
  async resume(manager: EntityManager, by: Actor | AuditActor, leaver: Leaver): Promise<void> {
    const which = selectionOf(leaver, false);
    for (const store of this.stores) {
      await store.resume(manager, which, { by, cause: 'member_resumed' });
    }
  }

  private async concerned(
    manager: EntityManager,
    leaver: Leaver,
  ): Promise<CredentialSelection | null> {
    const { memberKeysOnLeave: rule } = await this.policies.of(manager, leaver.organizationId);
    return rule === 'keep' ? null : selectionOf(leaver, rule === 'revoke_personal');
  }
}

function selectionOf(
  { organizationId, userId }: Leaver,
  personalOnly: boolean,
): CredentialSelection {
  return { organizationId, madeBy: userId, personalOnly };
}

function isEnded(rule: LeaveRule, { isPersonal }: MadeCredential): boolean {
  return rule === 'revoke_all' || (rule === 'revoke_personal' && isPersonal);
}
