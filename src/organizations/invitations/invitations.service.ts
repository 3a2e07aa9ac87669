import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, IsNull, LessThanOrEqual, type Repository } from 'typeorm';
import { encodeId, newId } from '../../access/ids.js';
import { type Actor, type Role } from '../../access/principal.js';
import { randomBase62, SecretHasher } from '../../access/secret.js';
import { AuditService } from '../../audit/audit.service.js';
import { violatesUnique } from '../../database/faults.js';
import { UsersService } from '../../users/users.service.js';
import { CannotGrantOwner } from '../members/members.errors.js';
import { Membership } from '../members/membership.entity.js';
import { OrganizationChangesService } from '../organization-changes.service.js';
import { Invitation } from './invitation.entity.js';
import { type InvitationStatus } from './invitation-status.js';
import {
  AlreadyInvited,
  AlreadyMember,
  InvitationGone,
  InvitationNotFound,
} from './invitations.errors.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_LIFE_DAYS = 7;

export interface NewInvitation {
  /** Normalised. */
  readonly email: string;
  readonly role: Role;
  /** 1-30. */
  readonly lifeDays?: number;
}

/** A new invitation with the token that is shown once. */
export interface IssuedInvitation {
  readonly invitation: Invitation;
  readonly token: string;
}

@Injectable()
export class InvitationsService {
  constructor(
    @InjectRepository(Invitation) private readonly invitations: Repository<Invitation>,
    private readonly users: UsersService,
    private readonly hasher: SecretHasher,
    private readonly audit: AuditService,
    private readonly changes: OrganizationChangesService,
  ) {}

  /**
   * @throws CannotGrantOwner for the role `owner`, which is reached by transfer alone
   * @throws AlreadyMember
   * @throws AlreadyInvited
   */
  async create(actor: Actor, wanted: NewInvitation): Promise<IssuedInvitation> {
    if (wanted.role === 'owner') throw new CannotGrantOwner('nobody is invited as owner');
    const token = `kci_${randomBase62(43)}`;
    const invitation = await this.changes.run(actor, 'exclusive', async (manager) => {
      const { organizationId } = actor;
      await this.requireNoMember(manager, organizationId, wanted.email);
      const now = new Date();
      await supersedeExpired(manager, organizationId, wanted.email, now);
      const created = manager.create(Invitation, {
        id: newId(),
        organizationId,
        email: wanted.email,
        role: wanted.role,
        digest: this.hasher.digest('invitation', token),
        invitedByUserId: actor.userId,
        invitedByMachineKind: actor.kind === 'user' ? null : actor.kind,
        invitedByMachineId: actor.kind === 'user' ? null : actor.id,
        createdAt: now,
        expiresAt: endOf(actor, now, wanted.lifeDays ?? DEFAULT_LIFE_DAYS),
        acceptedAt: null,
        acceptedByUserId: null,
        revokedAt: null,
        declinedAt: null,
        supersededAt: null,
      });
      await insertInvitation(manager, created);
      await this.audit.record(manager, actor, {
        action: 'invitation.created',
        organizationId,
        targetId: encodeId('invitation', created.id),
        metadata: { email: created.email, role: created.role },
      });
      return created;
    });
    return { invitation, token };
  }

  /** Newest first, one page; the status is judged as of `now`. */
  list(
    organizationId: string,
    filter: { status?: InvitationStatus },
    page: { before: string | undefined; limit: number },
    now = new Date(),
  ): Promise<Invitation[]> {
    const query = this.invitations.createQueryBuilder('invitation').where({ organizationId });
    if (filter.status) query.andWhere(STATUS_CONDITIONS[filter.status], { now });
    if (page.before !== undefined) {
      query.andWhere('invitation.id < :before', { before: page.before });
    }
    return query.orderBy('invitation.id', 'DESC').take(page.limit).getMany();
  }

  /**
   * Ends an open invitation; ending it again changes nothing.
   *
   * @throws InvitationNotFound
   * @throws InvitationGone for one that was accepted: the member is to be removed instead
   */
  async revoke(actor: Actor, invitationId: string): Promise<void> {
    const { organizationId } = actor;
    await this.changes.run(actor, 'exclusive', async (manager) => {
      const where = { id: invitationId, organizationId };
      const invitation = await manager.findOneBy(Invitation, where);
      if (!invitation) throw new InvitationNotFound();
      if (invitation.acceptedAt) throw new InvitationGone('accepted');
      const { affected } = await manager.update(
        Invitation,
        { ...where, acceptedAt: IsNull(), declinedAt: IsNull(), revokedAt: IsNull() },
        { revokedAt: new Date() },
      );
      if (!affected) return;
      await this.audit.record(manager, actor, {
        action: 'invitation.revoked',
        organizationId,
        targetId: encodeId('invitation', invitationId),
      });
    });
  }

  /** The invitation that this token opens, whatever its status, or null. */
  findByToken(token: string): Promise<Invitation | null> {
    return this.invitations.findOneBy({ digest: In(this.hasher.candidates('invitation', token)) });
  }

  private async requireNoMember(
    manager: EntityManager,
    organizationId: string,
    email: string,
  ): Promise<void> {
    const user = await this.users.findByEmail(manager, email);
    if (user && (await manager.existsBy(Membership, { organizationId, userId: user.id }))) {
      throw new AlreadyMember();
    }
  }
}

/** How SQL judges what `statusOf` judges. */
const OPEN =
  'invitation.acceptedAt IS NULL AND invitation.declinedAt IS NULL AND invitation.revokedAt IS NULL';
const STATUS_CONDITIONS: Readonly<Record<InvitationStatus, string>> = {
  pending: `${OPEN} AND invitation.expiresAt > :now`,
  expired: `${OPEN} AND invitation.expiresAt <= :now`,
  accepted: 'invitation.acceptedAt IS NOT NULL',
  declined: 'invitation.declinedAt IS NOT NULL AND invitation.acceptedAt IS NULL',
  revoked:
    'invitation.revokedAt IS NOT NULL AND invitation.acceptedAt IS NULL AND invitation.declinedAt IS NULL',
};

/** What a credential makes does not outlive it. */
function endOf({ bounds }: Actor, now: Date, lifeDays: number): Date {
  const end = new Date(now.getTime() + lifeDays * DAY_MS);
  return bounds.expiresAt !== null && bounds.expiresAt < end ? bounds.expiresAt : end;
}

/** An expired invitation makes room for a new one to the same address. */
async function supersedeExpired(
  manager: EntityManager,
  organizationId: string,
  email: string,
  now: Date,
): Promise<void> {
  await manager.update(
    Invitation,
    { organizationId, email, supersededAt: IsNull(), expiresAt: LessThanOrEqual(now) },
    { supersededAt: now },
  );
}

async function insertInvitation(manager: EntityManager, invitation: Invitation): Promise<void> {
  try {
    await manager.insert(Invitation, invitation);
  } catch (error) {
    if (violatesUnique(error, 'invitations_one_open')) throw new AlreadyInvited();
    throw error;
  }
}
