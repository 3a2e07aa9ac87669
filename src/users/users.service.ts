import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, IsNull, type Repository } from 'typeorm';
import { encodeId, newId } from '../access/ids.js';
import { type Origin } from '../access/principal.js';
import { type AuditActor, AuditService, personActor } from '../audit/audit.service.js';
import { violatesUnique } from '../database/faults.js';
import { Transactions } from '../database/transactions.js';
import { User } from './user.entity.js';
import { SignInRequired, UserNotFound } from './users.errors.js';

/** What other features see of a user. */
export type Person = Pick<User, 'id' | 'email' | 'name' | 'emailVerifiedAt'>;

export interface NewUser {
  /** Normalised; null where an identity provider gives none. */
  readonly email: string | null;
  /** The part before the `@` where none is given. */
  readonly name: string | undefined;
  /** Null for someone who signs in elsewhere. */
  readonly passwordHash: string | null;
  readonly emailVerified: boolean;
}

/** People who sign in. */
@Injectable()
export class UsersService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /** @throws SignInRequired */
  async create(manager: EntityManager, user: NewUser, origin: Origin | null): Promise<User> {
    const now = new Date();
    const created = manager.create(User, {
      id: newId(),
      email: user.email,
      name: user.name ?? user.email?.split('@', 1).join() ?? 'Unnamed',
      passwordHash: user.passwordHash,
      emailVerifiedAt: user.emailVerified ? now : null,
      disabledAt: null,
      createdAt: now,
      updatedAt: now,
    });
    try {
      await manager.insert(User, created);
    } catch (error) {
      if (violatesUnique(error, 'users_email')) throw new SignInRequired();
      throw error;
    }
    const by = personActor(created.id, origin);
    await this.audit.record(manager, by, {
      action: 'user.created',
      organizationId: null,
      targetId: by.id,
    });
    return created;
  }

  /** @param email normalised */
  findByEmail(manager: EntityManager, email: string): Promise<User | null> {
    return manager.findOneBy(User, { email });
  }

  /**
   * @param email normalised
   * @throws SignInRequired
   */
  async requireUnused(email: string): Promise<void> {
    if (await this.exists(email)) throw new SignInRequired();
  }

  /** @param email normalised */
  exists(email: string): Promise<boolean> {
    return this.users.existsBy({ email });
  }

  /** Whether the account is there and not disabled. */
  isEnabled(manager: EntityManager, id: string): Promise<boolean> {
    return manager.existsBy(User, { id, disabledAt: IsNull() });
  }

  /** Notes that this person has shown to read the mail of his address; again changes nothing. */
  async markEmailVerified(
    manager: EntityManager,
    { id, email }: Person,
    origin: Origin,
  ): Promise<void> {
    const now = new Date();
    const { affected } = await manager.update(
      User,
      { id, email, emailVerifiedAt: IsNull() },
      { emailVerifiedAt: now, updatedAt: now },
    );
    if (!affected) return;
    const by = personActor(id, origin);
    await this.audit.record(manager, by, {
      action: 'user.email_verified',
      organizationId: null,
      targetId: by.id,
    });
  }

  /** The user with the stored password hash, for checking it. */
  findWithPassword(email: string): Promise<User | null> {
    return this.users
      .createQueryBuilder('user')
      .addSelect('user.passwordHash')
      .where('user.email = :email', { email })
      .getOne();
  }

  /** The same by id. */
  getWithPassword(id: string): Promise<User> {
    return this.users
      .createQueryBuilder('user')
      .addSelect('user.passwordHash')
      .where('user.id = :id', { id })
      .getOneOrFail();
  }

  get(id: string): Promise<User> {
    return this.users.findOneByOrFail({ id });
  }

  /** By id; unknown ids are left out. */
  async findAll(ids: readonly string[]): Promise<ReadonlyMap<string, User>> {
    const users = await this.users.findBy({ id: In([...ids]) });
    return new Map(users.map((user) => [user.id, user]));
  }

  /**
   * Keeps others from changing, deleting or adding anything to the user until the transaction ends.
   *
   * @throws UserNotFound
   */
  async lock(manager: EntityManager, userId: string): Promise<void> {
    const lock = { mode: 'pessimistic_write' } as const;
    const user = await manager.findOne(User, { where: { id: userId }, select: { id: true }, lock });
    if (!user) throw new UserNotFound();
  }

  /**
   * Removes the user with all that is his own (sessions, identities); his address is free again. The
   * caller has taken him out of every organization.
   */
  async delete(manager: EntityManager, by: AuditActor, userId: string): Promise<void> {
    await manager.delete(User, { id: userId });
    const targetId = encodeId('user', userId);
    await this.audit.record(manager, by, {
      action: 'user.deleted',
      organizationId: null,
      targetId,
    });
  }

  async rename(userId: string, name: string, origin: Origin): Promise<User> {
    await this.transactions.run(async (manager) => {
      const { name: before } = await manager.findOneByOrFail(User, { id: userId });
      await manager.update(User, { id: userId }, { name, updatedAt: new Date() });
      const by = personActor(userId, origin);
      await this.audit.record(manager, by, {
        action: 'user.updated',
        organizationId: null,
        targetId: by.id,
        metadata: { name: { before, after: name } },
      });
    });
    return this.get(userId);
  }
}
