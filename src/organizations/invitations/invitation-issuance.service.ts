import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, LessThanOrEqual } from 'typeorm';
import { encodeId, newId } from '../../access/ids.js';
import { type Role } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { Membership } from '../members/membership.entity.js';
import { Invitation } from './invitation.entity.js';
import { InvitationMails } from './invitation-mails.js';
import { InvitationTokens, type MintedToken } from './invitation-tokens.js';
import { AlreadyInvited, AlreadyMember } from './invitations.errors.js';
import { type Inviter } from './inviter.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_LIFE_DAYS = 7;

export interface InvitationDelivery {
  /** 1-30; 7 unless given. */
  readonly lifeDays?: number | undefined;
  /** Whether it is mailed where mail is configured; it is unless this is false. */
  readonly sendEmail?: boolean | undefined;
}

export interface NewInvitation extends InvitationDelivery {
  /** Normalised. */
  readonly email: string;
  readonly role: Role;
}

/** A new invitation with the token that is shown once. */
export interface IssuedInvitation {
  readonly invitation: Invitation;
  readonly token: string;
  /** The link that carries the token. */
  readonly acceptUrl: string;
}

export type IssueRefusal = AlreadyInvited | AlreadyMember;

/** A drafted invitation with the tokens of both its links. */
interface Draft {
  readonly invitation: Invitation;
  readonly shown: MintedToken;
  readonly mailed: MintedToken | null;
}

/** Makes invitations, one or hundreds, in an organization that the caller has locked. */
@Injectable()
export class InvitationIssuanceService {
  constructor(
    private readonly tokens: InvitationTokens,
    private readonly mails: InvitationMails,
    private readonly audit: AuditService,
  ) {}

  /**
   * @returns for each wanted one, in order, the invitation or why there is none. The exclusive lock
   * of the organization keeps the answers true until they are committed.
   */
  async issue(
    manager: EntityManager,
    inviter: Inviter,
    wanted: readonly NewInvitation[],
  ): Promise<(IssuedInvitation | IssueRefusal)[]> {
    const now = new Date();
    const emails = [...new Set(wanted.map(({ email }) => email))];
    const members = await membersAmong(manager, inviter.organizationId, emails);
    const invited = await openAmong(manager, inviter.organizationId, emails, now);
    const drafts = wanted.map((each) => {
      if (members.has(each.email)) return new AlreadyMember();
      if (invited.has(each.email)) return new AlreadyInvited();
      invited.add(each.email);
      return this.draft(inviter, each, now);
    });
    const made = drafts.filter((each) => 'invitation' in each);
    await this.store(manager, inviter, made);
    return drafts.map((each) => ('invitation' in each ? this.issued(each) : each));
  }

  /**
   * Gives an invitation new tokens, a new end and a new inviter; its former links are dead.
   *
   * @param invitation open or expired, of an address that has no other open one
   */
  async renew(
    manager: EntityManager,
    inviter: Inviter,
    invitation: Invitation,
    delivery: InvitationDelivery,
  ): Promise<IssuedInvitation> {
    const { shown, mailed, columns } = this.secretsFor(inviter, delivery, new Date());
    await manager.update(Invitation, { id: invitation.id }, { ...columns, supersededAt: null });
    const draft = { invitation: { ...invitation, ...columns }, shown, mailed };
    await this.mails.send(manager, inviter.organizationId, [draft]);
    return this.issued(draft);
  }

  private draft(inviter: Inviter, { email, role, ...delivery }: NewInvitation, now: Date): Draft {
    const { shown, mailed, columns } = this.secretsFor(inviter, delivery, now);
    const invitation = {
      id: newId(),
      organizationId: inviter.organizationId,
      email,
      role,
      createdAt: now,
      acceptedAt: null,
      acceptedByUserId: null,
      revokedAt: null,
      declinedAt: null,
      supersededAt: null,
      ...columns,
    };
    return { invitation, shown, mailed };
  }

  /** The tokens of both links, and what follows from who invites and when. */
  private secretsFor(
    inviter: Inviter,
    { lifeDays = DEFAULT_LIFE_DAYS, sendEmail = true }: InvitationDelivery,
    now: Date,
  ) {
    const shown = this.tokens.mint();
    const mailed = sendEmail && this.mails.canSend ? this.tokens.mint() : null;
    const columns = {
      ...inviter.columns,
      digest: shown.digest,
      mailedDigest: mailed?.digest ?? null,
      expiresAt: endOf(inviter, now, lifeDays),
    };
    return { shown, mailed, columns };
  }

  private async store(
    manager: EntityManager,
    { organizationId, actor }: Inviter,
    drafts: readonly Draft[],
  ): Promise<void> {
    if (drafts.length === 0) return;
    await manager.insert(
      Invitation,
      drafts.map(({ invitation }) => invitation),
    );
    for (const { invitation } of drafts) {
      await this.audit.record(manager, actor, {
        action: 'invitation.created',
        organizationId,
        targetId: encodeId('invitation', invitation.id),
        metadata: { email: invitation.email, role: invitation.role },
      });
    }
    await this.mails.send(manager, organizationId, drafts);
  }

  private issued({ invitation, shown: { token } }: Draft): IssuedInvitation {
    return { invitation, token, acceptUrl: this.tokens.urlOf(token) };
  }
}

/** What a credential makes does not outlive it. */
function endOf({ until }: Inviter, now: Date, lifeDays: number): Date {
  const end = new Date(now.getTime() + lifeDays * DAY_MS);
  return until !== null && until < end ? until : end;
}

/** The addresses that belong to members. */
async function membersAmong(
  manager: EntityManager,
  organizationId: string,
  emails: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await manager
    .createQueryBuilder(Membership, 'membership')
    .innerJoin('users', 'u', 'u.id = membership.user_id')
    .select('u.email', 'email')
    .where({ organizationId })
    .andWhere('u.email = ANY(:emails)', { emails })
    .getRawMany<{ email: string }>();
  return new Set(rows.map(({ email }) => email));
}

/** The addresses that have an open invitation, once the expired ones have made room. */
async function openAmong(
  manager: EntityManager,
  organizationId: string,
  emails: readonly string[],
  now: Date,
): Promise<Set<string>> {
  const current = {
    organizationId,
    email: In([...emails]),
    acceptedAt: IsNull(),
    declinedAt: IsNull(),
    revokedAt: IsNull(),
    supersededAt: IsNull(),
  };
  const expired = { ...current, expiresAt: LessThanOrEqual(now) };
  await manager.update(Invitation, expired, { supersededAt: now });
  const rows = await manager.find(Invitation, { select: { email: true }, where: current });
  return new Set(rows.map(({ email }) => email));
}
