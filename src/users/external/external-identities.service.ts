import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { Unauthenticated } from '../../access/access.errors.js';
import { newId } from '../../access/ids.js';
import { type Origin } from '../../access/principal.js';
import { AuditService, personActor } from '../../audit/audit.service.js';
import { Transactions } from '../../database/transactions.js';
import { Session } from '../sessions/session.entity.js';
import { User } from '../user.entity.js';
import { SignInRequired } from '../users.errors.js';
import { UsersService } from '../users.service.js';
import { ExternalIdentity } from './external-identity.entity.js';
import { type ExternalSession } from './external-tokens.js';

/** People as identity providers know them: made, or linked to their accounts, at first sight. */
@Injectable()
export class ExternalIdentitiesService {
  constructor(
    private readonly users: UsersService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * The UUID of the user whose session it is.
   *
   * @throws Unauthenticated where the user is disabled
   */
  async userOf(session: ExternalSession, origin: Origin): Promise<string> {
    const known = await findUser(this.transactions.outside, session);
    const user = known ?? (await this.meet(session, origin));
    if (user.disabledAt) throw Unauthenticated.despiteIssue('the user is disabled');
    return user.id;
  }

  /** By which identity providers know this person, oldest first. */
  listOf(userId: string): Promise<ExternalIdentity[]> {
    const { outside } = this.transactions;
    return outside.find(ExternalIdentity, { where: { userId }, order: { id: 'ASC' } });
  }

  private async meet(session: ExternalSession, origin: Origin): Promise<User> {
    const meet = (): Promise<User> =>
      this.transactions.run((manager) => this.meetOnce(manager, session, origin));
    return meet().catch((error: unknown) => {
      // Someone has got the address meanwhile; now it is seen to be taken.
      if (error instanceof SignInRequired) return meet();
      throw error;
    });
  }

  /** Whoever brings the same person at the same time waits, and then finds him. */
  private async meetOnce(
    manager: EntityManager,
    session: ExternalSession,
    origin: Origin,
  ): Promise<User> {
    const { issuer, subject, verifiedEmail: email } = session;
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `external identity ${issuer.issuer} ${subject}`,
    ]);
    const known = await findUser(manager, session);
    if (known) return known;
    const holder = email === null ? null : await this.users.findByEmail(manager, email);
    if (!holder || !issuer.linkByVerifiedEmail) {
      return this.begin(manager, session, holder, origin);
    }
    if (!holder.disabledAt) await this.join(manager, session, holder, origin);
    return holder;
  }

  /** Links the person to the account of his address. */
  private async join(
    manager: EntityManager,
    session: ExternalSession,
    holder: User,
    origin: Origin,
  ): Promise<void> {
    if (!holder.emailVerifiedAt) await claim(manager, holder);
    await this.link(manager, holder, session, origin, {
      account: 'existing',
      was_verified: holder.emailVerifiedAt !== null,
    });
  }

  /** @param holder whose the address is already; the issuer may not speak for him */
  private async begin(
    manager: EntityManager,
    session: ExternalSession,
    holder: User | null,
    origin: Origin,
  ): Promise<User> {
    const email = holder ? null : session.verifiedEmail;
    const user = await this.create(manager, session, email, origin);
    const metadata = { account: 'new', ...(holder && { email_taken: true }) };
    await this.link(manager, user, session, origin, metadata);
    return user;
  }

  /** @param email null where he has none, or none that he can have here */
  private create(
    manager: EntityManager,
    { name, subject }: ExternalSession,
    email: string | null,
    origin: Origin,
  ): Promise<User> {
    const called = name ?? (email === null ? subject.slice(0, 100) : undefined);
    const wanted = { email, name: called, passwordHash: null, emailVerified: email !== null };
    return this.users.create(manager, wanted, origin);
  }

  private async link(
    manager: EntityManager,
    { id: userId }: User,
    { issuer: { issuer }, subject }: ExternalSession,
    origin: Origin,
    metadata: Record<string, unknown>,
  ): Promise<void> {
    const identity = { id: newId(), userId, issuer, subject, createdAt: new Date() };
    await manager.insert(ExternalIdentity, identity);
    const by = personActor(userId, origin);
    await this.audit.record(manager, by, {
      action: 'user.identity_linked',
      organizationId: null,
      targetId: by.id,
      metadata: { issuer, subject, ...metadata },
    });
  }
}

function findUser(
  manager: EntityManager,
  { issuer: { issuer }, subject }: ExternalSession,
): Promise<User | null> {
  return manager
    .createQueryBuilder(User, 'user')
    .innerJoin(ExternalIdentity, 'identity', 'identity.userId = user.id')
    .where('identity.issuer = :issuer AND identity.subject = :subject', { issuer, subject })
    .getOne();
}

/**
 * Gives an account to whom its address belongs. Nobody had proven that before: whoever made it, with
 * a password of his choice, is put out.
 */
async function claim(manager: EntityManager, { id: userId }: User): Promise<void> {
  const now = new Date();
  const changed = { passwordHash: null, emailVerifiedAt: now, updatedAt: now };
  await manager.update(User, { id: userId }, changed);
  await manager.update(Session, { userId, endedAt: IsNull() }, { endedAt: now });
  await manager.delete(ExternalIdentity, { userId });
}
