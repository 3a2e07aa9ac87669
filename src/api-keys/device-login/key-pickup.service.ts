import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AccessService } from '../../access/access.service.js';
import { Unauthenticated } from '../../access/access.errors.js';
import { encodeId } from '../../access/ids.js';
import { type Actor, type Origin } from '../../access/principal.js';
import { AuditService, SYSTEM_ACTOR } from '../../audit/audit.service.js';
import { Transactions } from '../../database/transactions.js';
import { OrganizationsService } from '../../organizations/organizations.service.js';
import { Problem } from '../../problem.js';
import { UserStandingService } from '../../users/user-standing.service.js';
import { KeyIssuanceService } from '../issuance/key-issuance.service.js';
import { DeviceLoginClaims } from './device-login-claims.js';
import { type DeviceLogin } from './device-login.entity.js';
import { type ApprovedLogin, approvedLogin } from './approved-login.js';
import { DeviceLoginGone } from './device-logins.errors.js';
import { DeviceLoginsService } from './device-logins.service.js';
import { HandedOverKeys } from './handed-over-keys.js';
import { draftFor } from './key-draft.js';
import { KeyTerms } from './key-terms.js';

/** What a poll finds. */
export interface PolledLogin {
  readonly login: DeviceLogin;
  /** Null until it is approved. */
  readonly organization: { readonly name: string; readonly slug: string } | null;
  /** Once. */
  readonly plaintext: string | null;
}

/** Hands the key of an approved login to the device, once. */
@Injectable()
export class KeyPickupService {
  constructor(
    private readonly logins: DeviceLoginsService,
    private readonly claims: DeviceLoginClaims,
    private readonly access: AccessService,
    private readonly organizations: OrganizationsService,
    private readonly users: UserStandingService,
    private readonly issuance: KeyIssuanceService,
    private readonly handedOver: HandedOverKeys,
    private readonly terms: KeyTerms,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * @param poll.takesKey false to look without changing anything
   * @throws DeviceLoginNotFound
   * @throws DeviceLoginGone
   * @throws TooManyRequests
   */
  async poll(
    poll: { readonly id: string; readonly token: string; readonly takesKey: boolean },
    origin: Origin,
  ): Promise<PolledLogin> {
    const login = await this.logins.open(poll.id, poll.token, origin);
    const state = login.stateAt(new Date());
    if (state === 'pending') return { login, organization: null, plaintext: null };
    if (state !== 'completed') throw new DeviceLoginGone(state);
    const approved = approvedLogin(login);
    try {
      const organization = await this.organizations.get(approved.organizationId);
      const plaintext = poll.takesKey ? await this.mint(approved, origin) : null;
      return { login, organization, plaintext };
    } catch (error) {
      if (!isLossOfRights(error)) throw error;
      if (poll.takesKey) await this.deny(approved, error);
      throw new DeviceLoginGone('denied');
    }
  }

  /** By the rights that the approver has now. */
  private async mint(login: ApprovedLogin, origin: Origin): Promise<string> {
    const actor = await this.actorOf(login, origin);
    const now = new Date();
    const draft = draftFor(login, {
      scopes: login.grantedScopes,
      projectId: login.projectId,
      expiresAt: await this.terms.expiryIn(login.organizationId, login, now),
    });
    const { plaintext } = await this.issuance.handOver(actor, draft, {
      source: login.source,
      mustBeUsedBy: this.handedOver.deadlineOf(now),
      recorded: { device_login_id: encodeId('deviceLogin', login.id) },
      claim: (manager) => this.claim(manager, login),
    });
    return plaintext;
  }

  private actorOf(login: ApprovedLogin, origin: Origin): Promise<Actor> {
    const { decidedByUserId: userId, decidedInSessionId: sessionId, approvedAt } = login;
    const principal = {
      kind: 'user',
      userId,
      sessionId,
      // He had signed in just before; how long the device takes is not his doing.
      signedInAt: approvedAt,
      named: null,
      organizationId: null,
    } as const;
    return this.access.actorIn({ principal, origin }, login.organizationId, { role: 'member' });
  }

  /**
   * In the transaction that makes the key: of parallel polls one gets it, in time, while the approver
   * is signed in as he was.
   */
  private async claim(manager: EntityManager, login: ApprovedLogin): Promise<void> {
    await this.claims.deliver(manager, login.id);
    const { decidedByUserId: userId, decidedInSessionId: sessionId } = login;
    if (await this.users.isStillSignedIn(manager, { userId, sessionId })) return;
    throw new Unauthenticated('whoever approved the device login has signed out');
  }

  private async deny(login: ApprovedLogin, { code, reason }: Problem): Promise<void> {
    await this.transactions.run(async (manager) => {
      if (!(await this.claims.withdraw(manager, login.id))) return;
      await this.audit.record(manager, SYSTEM_ACTOR, {
        action: 'device_login.denied',
        organizationId: login.organizationId,
        projectId: login.projectId,
        targetId: encodeId('deviceLogin', login.id),
        metadata: {
          approved_by_user_id: encodeId('user', login.decidedByUserId),
          refusal: code,
          ...(reason !== undefined && { reason }),
        },
      });
    });
  }
}

/** Whether it says that the approver may not, rather than that somebody was quicker or busy. */
function isLossOfRights(error: unknown): error is Problem {
  if (!(error instanceof Problem) || error instanceof DeviceLoginGone) return false;
  return error.status < 500 && error.status !== 429;
}
