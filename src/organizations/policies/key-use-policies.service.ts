import { Injectable } from '@nestjs/common';
import { encodeId } from '../../access/ids.js';
import { type Origin } from '../../access/principal.js';
import { RefusalsService } from '../../audit/refusals.service.js';
import { Policies } from './policy.js';

/** What policies ask of every key at every use. */
export interface KeyUseRules {
  /** CIDRs of the addresses that keys are used from; null for any. */
  readonly allowedCidrs: readonly string[] | null;
  /** The scopes that keys have at most; null for any. */
  readonly allowedScopes: readonly string[] | null;
  /** Whether a key may do no more than who made it may by now. */
  readonly boundToCreator: boolean;
}
export type KeyUsePolicy = 'allowed_cidrs' | 'allowed_scopes' | 'bound_to_creator';

export interface KeyUsePolicies {
  /** These bind. */
  readonly enforced: KeyUseRules;
  /** Of these is only recorded what they would have refused. */
  readonly reported: KeyUseRules;
}

/** The key that a policy would have refused; ids are UUIDs. */
interface UsedKey {
  readonly id: string;
  readonly organizationId: string;
  readonly projectId: string | null;
}

/** What an organization's policies make of the use of its keys. */
@Injectable()
export class KeyUsePoliciesService {
  constructor(private readonly refusals: RefusalsService) {}

  /** @param set as the organization's row has it */
  read(set: object): KeyUsePolicies {
    const policies = new Policies(set);
    return {
      enforced: {
        allowedCidrs: policies.enforced('allowed_cidrs') ?? null,
        allowedScopes: policies.enforced('allowed_scopes') ?? null,
        boundToCreator: policies.enforced('bound_to_creator') ?? false,
      },
      reported: {
        allowedCidrs: policies.reported('allowed_cidrs') ?? null,
        allowedScopes: policies.reported('allowed_scopes') ?? null,
        boundToCreator: policies.reported('bound_to_creator') ?? false,
      },
    };
  }

  /** Records, at most once a minute, that a policy which only reports would have refused this use. */
  reportWouldBlock(key: UsedKey, policy: KeyUsePolicy, origin: Origin): void {
    const { id, organizationId, projectId } = key;
    const principal = { kind: 'api_key', id: encodeId('apiKey', id), organizationId } as const;
    this.refusals.note(principal, {
      action: 'policy.would_block',
      projectId,
      reason: policy,
      origin,
    });
  }
}
