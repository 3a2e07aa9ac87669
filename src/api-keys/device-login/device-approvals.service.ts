import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AccessService } from '../../access/access.service.js';
import { encodeId, encodeOptionalId } from '../../access/ids.js';
import { type Actor, type Caller, signedInUser } from '../../access/principal.js';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { AuditService, personActor } from '../../audit/audit.service.js';
import { Transactions } from '../../database/transactions.js';
import { OrganizationChangesService } from '../../organizations/organization-changes.service.js';
import { type KeyDraft, KeyGrants } from '../issuance/key-grants.js';
import { type DeviceLogin } from './device-login.entity.js';
import { DeviceLoginClaims, requirePending } from './device-login-claims.js';
import { DeviceLoginLookupService } from './device-login-lookup.service.js';
import { ScopeExceedsRequest } from './device-logins.errors.js';
import { draftFor } from './key-draft.js';
import { KeyTerms } from './key-terms.js';

/** Whatever the organization's policy, whoever approves has signed in just now. */
const FRESHLY_SIGNED_IN = { isSensitive: true, freshWithinMinutes: 10 } as const;

/** Where a device is let in, and as far as it may then go. */
export interface Approval {
  /** UUID. */
  readonly organizationId: string;
  /** UUID; null for the organization as a whole. */
  readonly projectId: string | null;
  /** Undefined for all that the device asks for. */
  readonly scopes: readonly string[] | undefined;
}

/** What a signed-in person answers to the login of a device. Whoever knows its id or code may. */
@Injectable()
export class DeviceApprovalsService {
  constructor(
    private readonly logins: DeviceLoginLookupService,
    private readonly claims: DeviceLoginClaims,
    private readonly access: AccessService,
    private readonly grants: KeyGrants,
    private readonly terms: KeyTerms,
    private readonly catalogue: ScopeCatalogue,
    private readonly changes: OrganizationChangesService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Lets the device fetch a key that acts for this person.
   *
   * @throws DeviceLoginNotFound
   * @throws DeviceLoginGone
   * @throws DeviceLoginCompleted
   * @throws OrganizationNotFound
   * @throws OrganizationSuspended
   * @throws ProjectNotFound
   * @throws InvalidScope
   * @throws ScopeNotAllowedForProjectKey
   * @throws ScopeExceedsCreator
   * @throws ScopeExceedsRequest
   * @throws ReauthRequired
   */
  async approve(caller: Caller, id: string, approval: Approval): Promise<void> {
    const login = await this.getPending(caller, id);
    const { organizationId, projectId } = approval;
    const actor = await this.access.actorIn(caller, organizationId, { role: 'member' });
    const granted = await this.permit(actor, login, approval);
    const { userId, sessionId } = signedInUser(caller);
    const work = async (manager: EntityManager): Promise<void> => {
      await this.claims.decide(
        manager,
        { id, userId },
        {
          approvedAt: new Date(),
          decidedInSessionId: sessionId,
          organizationId,
          projectId,
          grantedScopes: [...granted.scopes],
        },
      );
      await this.audit.record(manager, actor, {
        action: 'device_login.approved',
        organizationId,
        projectId,
        targetId: encodeId('deviceLogin', id),
        metadata: { ...described(login), ...describedGrant(granted) },
      });
    };
    await this.changes.run(actor, 'shared', work, FRESHLY_SIGNED_IN);
  }

  /**
   * @throws DeviceLoginNotFound
   * @throws DeviceLoginGone
   * @throws DeviceLoginCompleted
   */
  async deny(caller: Caller, id: string): Promise<void> {
    const login = await this.getPending(caller, id);
    const { userId, sessionId } = signedInUser(caller);
    const by = personActor(userId, caller.origin);
    await this.transactions.run(async (manager) => {
      await this.claims.decide(
        manager,
        { id, userId },
        {
          deniedAt: new Date(),
          decidedInSessionId: sessionId,
        },
      );
      await this.audit.record(manager, by, {
        action: 'device_login.denied',
        organizationId: null,
        targetId: encodeId('deviceLogin', id),
        metadata: described(login),
      });
    });
  }

  private async getPending(caller: Caller, id: string): Promise<DeviceLogin> {
    const login = await this.logins.get(caller, id);
    requirePending(login);
    return login;
  }

  /** What the key may be, were it made now. */
  private async permit(
    actor: Actor,
    login: DeviceLogin,
    { organizationId, projectId, scopes = login.scopes }: Approval,
  ): Promise<KeyDraft> {
    const now = new Date();
    const expiresAt = await this.terms.expiryIn(organizationId, login, now);
    const draft = await this.grants.permit(
      actor,
      draftFor(login, { scopes, projectId, expiresAt }),
      now,
    );
    const asked = this.catalogue.expand(login.scopes);
    const excess = scopes.filter((scope) => !this.catalogue.covers(asked, scope));
    if (excess.length > 0) throw new ScopeExceedsRequest(excess);
    return draft;
  }
}

/** What the audit log keeps of who asked. */
function described({
  name,
  deviceName,
  source,
  ip,
  userAgent,
}: DeviceLogin): Record<string, unknown> {
  return {
    name,
    device_name: deviceName,
    source,
    requested_from_ip: ip,
    requested_by_user_agent: userAgent,
  };
}

function describedGrant({ scopes, projectId, expiresAt }: KeyDraft): Record<string, unknown> {
  return {
    scopes,
    project_id: encodeOptionalId('project', projectId),
    expires_at: expiresAt?.toISOString() ?? null,
  };
}
