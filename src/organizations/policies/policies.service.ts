import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Actor } from '../../access/principal.js';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { wireIdOf } from '../../audit/audit.service.js';
import { RefusalsService } from '../../audit/refusals.service.js';
import { ValidationFailed } from '../../problem.js';
import { Organization } from '../organization.entity.js';
import { PoliciesAreSetByPeople } from './policies.errors.js';
import {
  mergePolicies,
  Policies,
  type PolicyName,
  type PolicyPatch,
  type PolicySet,
  type PolicyValues,
} from './policy.js';

export type { Policies, PolicyName, PolicyValues };

/** What organizations ask of those who act in them. */
@Injectable()
export class PoliciesService {
  constructor(
    private readonly catalogue: ScopeCatalogue,
    private readonly refusals: RefusalsService,
  ) {}

  /** Those of an organization, as they are in this transaction. */
  async of(manager: EntityManager, organizationId: string): Promise<Policies> {
    const { policy } = await manager.findOneByOrFail(Organization, { id: organizationId });
    return new Policies(policy);
  }

  /**
   * The policies after a change.
   *
   * @throws PoliciesAreSetByPeople
   * @throws ValidationFailed for a scope that this deployment does not have
   */
  changed(actor: Actor, before: PolicySet, patch: PolicyPatch): PolicySet {
    if (actor.kind !== 'user') throw new PoliciesAreSetByPeople();
    const unknown = (patch.allowed_scopes?.value ?? []).filter(
      (scope) => !this.catalogue.isKnown(scope),
    );
    if (unknown.length > 0) {
      const sentences = unknown.map((scope) => `${scope} is not a scope of this deployment`);
      throw new ValidationFailed({ 'policy.allowed_scopes': sentences });
    }
    return mergePolicies(before, patch);
  }

  /**
   * Records that a policy which only reports would have refused what was done. Call it after the
   * change is committed: what failed anyway was not kept from anyone by the policy.
   */
  reportWouldBlock(actor: Actor, policy: PolicyName): void {
    const { kind, organizationId, projectId, origin } = actor;
    const principal = { kind, id: wireIdOf(actor), organizationId };
    this.refusals.note(principal, {
      action: 'policy.would_block',
      projectId,
      reason: policy,
      origin,
    });
  }
}
