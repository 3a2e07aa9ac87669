import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Actor } from '../../access/principal.js';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import {
  OrganizationChangesService,
  SENSITIVE,
  type Sensitivity,
} from '../../organizations/organization-changes.service.js';
import { PoliciesService } from '../../organizations/policies/policies.service.js';
import { KeyRules } from './key-rules.js';

/** Changes that make keys, or give them more: within the policies of their organization. */
@Injectable()
export class PolicedChanges {
  constructor(
    private readonly changes: OrganizationChangesService,
    private readonly policies: PoliciesService,
    private readonly catalogue: ScopeCatalogue,
  ) {}

  /**
   * Commits when `work` resolves, as `OrganizationChangesService.run` does.
   *
   * @param sharing `exclusive` for what takes something from a key
   * @param work asks the rules about what it does
   */
  async run<T>(
    actor: Actor,
    sharing: 'shared' | 'exclusive',
    work: (manager: EntityManager, rules: KeyRules) => Promise<T>,
    sensitivity: Sensitivity = SENSITIVE,
  ): Promise<T> {
    const { organizationId } = actor;
    const judged = async (manager: EntityManager): Promise<[T, KeyRules]> => {
      const policies = await this.policies.of(manager, organizationId);
      const rules = new KeyRules(manager, organizationId, policies, this.catalogue);
      return [await work(manager, rules), rules];
    };
    const [result, { wouldBlock }] = await this.changes.run(actor, sharing, judged, sensitivity);
    for (const policy of wouldBlock) this.policies.reportWouldBlock(actor, policy);
    return result;
  }
}
