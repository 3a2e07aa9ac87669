import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  InsufficientRole,
  InsufficientScope,
  OrganizationNotFound,
  OrganizationSuspended,
  Unauthenticated,
} from '../access/access.errors.js';
import { type Actor, outranks, type TokenDescent } from '../access/principal.js';
import { ScopeCatalogue } from '../access/scopes/scopes.js';
import { Transactions } from '../database/transactions.js';
import { Membership } from './members/membership.entity.js';
import { type Organization } from './organization.entity.js';
import { lockAnyOrganization, lockOrganization, type Sharing } from './organization-lock.js';
import { ReauthRequired } from './policies/policies.errors.js';
import { PoliciesService } from './policies/policies.service.js';
import { Policies } from './policies/policy.js';

/** What a machine's own row says of it; features own these tables, their names are the schema's. */
const LIVE_MACHINE = {
  api_key: `SELECT scopes, project_id FROM api_keys k
             WHERE id = $1::uuid AND organization_id = $2 AND keycap_key_is_active(k, now())`,
  oauth_client: `SELECT scopes, project_id FROM oauth_clients
                  WHERE client_id = $1 AND organization_id = $2 AND is_active
                    AND deleted_at IS NULL`,
} as const;
type Machine = keyof typeof LIVE_MACHINE;

/** Whether what a token descends from is still of its generation; $1 is the client, $2 the secret. */
const GENERATIONS = `
  SELECT o.token_generation AS "organizationGeneration",
         c.token_generation AS "clientGeneration",
         coalesce(s.token_generation, 0) AS "secretGeneration"
    FROM oauth_clients c
    JOIN organizations o ON o.id = c.organization_id
    LEFT JOIN oauth_client_secrets s ON s.id = $2
   WHERE c.client_id = $1`;

/**
 * A change of what someone holds or what binds him: where the organization's policy asks for it,
 * made only by people who have signed in just now.
 */
export const SENSITIVE = { isSensitive: true } as const;

export interface Sensitivity {
  readonly isSensitive: boolean;
  /** Whatever the policy, nobody who signed in longer ago makes this change. */
  readonly freshWithinMinutes?: number;
}

const MINUTE_MS = 60_000;

/**
 * Every change of something in an organization, by someone who may make it. The guard has judged
 * the actor before the transaction; here he is judged again inside it, under a lock that excludes
 * whatever would take his right away.
 */
@Injectable()
export class OrganizationChangesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly catalogue: ScopeCatalogue,
    private readonly policies: PoliciesService,
  ) {}

  /**
   * Commits when `work` resolves.
   *
   * @throws OrganizationNotFound also for someone who is a member no more
   * @throws OrganizationSuspended
   * @throws InsufficientRole for someone whose rank is lower by now
   * @throws Unauthenticated for a key or client that is dead by now
   * @throws InsufficientScope for one that holds less by now
   * @throws ReauthRequired for a sensitive change by someone who signed in too long ago
   */
  async run<T>(
    actor: Actor,
    sharing: Sharing,
    work: (manager: EntityManager) => Promise<T>,
    { isSensitive, freshWithinMinutes = Infinity }: Sensitivity = { isSensitive: false },
  ): Promise<T> {
    const { result, wouldBlock } = await this.transactions.run(async (manager) => {
      const organization = await lockOrganization(manager, actor.organizationId, sharing);
      if (actor.kind === 'user') await requirePerson(manager, actor, organization);
      else await this.requireMachine(manager, actor, organization);
      const isReported = isSensitive && requireFreshSignIn(actor, organization, freshWithinMinutes);
      return { result: await work(manager), wouldBlock: isReported };
    });
    if (wouldBlock) this.policies.reportWouldBlock(actor, 'require_fresh_sign_in_minutes');
    return result;
  }

  /**
   * A change that no one of the organization asks for, such as the end of a leaked key, with nobody
   * to judge. Nothing else of the organization changes meanwhile, which may be suspended or deleted.
   */
  runForNobody<T>(
    organizationId: string,
    work: (manager: EntityManager) => Promise<T>,
  ): Promise<T> {
    return this.transactions.run(async (manager) => {
      await lockAnyOrganization(manager, organizationId, 'exclusive');
      return work(manager);
    });
  }

  /** The rights of a machine of the organization as they are now; null for a dead one. */
  async rightsOf(
    manager: EntityManager,
    organizationId: string,
    machine: { readonly kind: Machine; readonly id: string },
  ): Promise<ReadonlySet<string> | null> {
    const [row] = await manager.query<{ scopes: string[]; project_id: string | null }[]>(
      LIVE_MACHINE[machine.kind],
      [machine.id, organizationId],
    );
    return row ? this.catalogue.effective(row.scopes, row.project_id) : null;
  }

  private async requireMachine(
    manager: EntityManager,
    { kind, id, organizationId, scopes, descent }: Actor,
    { suspendedAt }: Organization,
  ): Promise<void> {
    if (suspendedAt) throw new Unauthenticated('the organization was suspended meanwhile');
    if (descent) await requireCurrent(manager, id, descent);
    const rights = await this.rightsOf(manager, organizationId, { kind: kind as Machine, id });
    if (!rights) throw new Unauthenticated('the credential was ended meanwhile');
    const lost = [...scopes].find((scope) => !rights.has(scope));
    if (lost !== undefined) throw new InsufficientScope(lost);
  }
}

async function requireCurrent(
  manager: EntityManager,
  clientId: string,
  descent: TokenDescent,
): Promise<void> {
  const [now] = await manager.query<Omit<TokenDescent, 'secretId'>[]>(GENERATIONS, [
    clientId,
    descent.secretId,
  ]);
  const isCurrent = Object.entries(now ?? {}).every(
    ([name, generation]) => descent[name as keyof TokenDescent] === generation,
  );
  if (!now || !isCurrent) throw new Unauthenticated('the token was revoked meanwhile');
}

async function requirePerson(
  manager: EntityManager,
  { id: userId, organizationId, role }: Actor,
  { suspendedAt }: Organization,
): Promise<void> {
  const membership = await manager.findOneBy(Membership, {
    organizationId,
    userId,
    status: 'active',
  });
  if (!membership) throw new OrganizationNotFound();
  if (suspendedAt) throw new OrganizationSuspended();
  if (!outranks(membership.role, role)) throw new InsufficientRole();
}

/**
 * @returns whether a policy that only reports would have refused
 * @throws ReauthRequired
 */
function requireFreshSignIn(
  { signedInAt }: Actor,
  { policy }: Organization,
  anywayMinutes: number,
): boolean {
  if (signedInAt === null) return false;
  const policies = new Policies(policy);
  const isOlder = (minutes: number): boolean =>
    Date.now() - signedInAt.getTime() > minutes * MINUTE_MS;
  if (
    isOlder(Math.min(anywayMinutes, policies.enforced('require_fresh_sign_in_minutes') ?? Infinity))
  ) {
    throw new ReauthRequired();
  }
  return isOlder(policies.reported('require_fresh_sign_in_minutes') ?? Infinity);
}
