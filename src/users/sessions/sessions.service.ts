import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import {
  type EntityManager,
  type FindOptionsWhere,
  IsNull,
  LessThan,
  MoreThan,
  type Repository,
} from 'typeorm';
import { encodeId, newId } from '../../access/ids.js';
import { type Origin } from '../../access/principal.js';
import { randomBase62, SecretHasher } from '../../access/secrets/secret.js';
import { AuditService, personActor } from '../../audit/audit.service.js';
import { Transactions } from '../../database/transactions.js';
import { Session } from './session.entity.js';
import { SessionNotFound } from '../users.errors.js';
import { type Person } from '../users.service.js';

const SECOND_MS = 1000;
const ABSOLUTE_LIFE_MS = 12 * 60 * 60 * SECOND_MS;
const IDLE_LIFE_MS = 30 * 60 * SECOND_MS;
/** `last_seen_at` may lag by this much, so that reading needs no write each time. */
const LAST_SEEN_STEP_MS = 60 * SECOND_MS;

/** A session as its owner and the operators see it. */
export type ListedSession = Session;

/** A session whose token can be shown, this once. */
export interface StartedSession {
  readonly token: string;
  readonly expiresAt: Date;
  readonly user: Person;
}

/** Signed-in people: opaque tokens, stored as keyed hashes; 12 h at most, 30 min without use. */
@Injectable()
export class SessionsService {
  constructor(
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    private readonly hasher: SecretHasher,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /** Starts a session for a user who has just proven who he is. */
  async start(manager: EntityManager, user: Person, origin: Origin): Promise<StartedSession> {
    const token = `kcs_${randomBase62(43)}`;
    const now = new Date();
    const session = {
      id: newId(),
      userId: user.id,
      digest: this.hasher.digest('session', token),
      ip: origin.ip,
      userAgent: origin.userAgent,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + ABSOLUTE_LIFE_MS),
      endedAt: null,
    };
    await manager.insert(Session, session);
    await this.audit.record(manager, personActor(user.id, origin), {
      action: 'session.created',
      organizationId: null,
      targetId: encodeId('session', session.id),
    });
    return { token, expiresAt: session.expiresAt, user };
  }

  /** The live session of this token; `dead` for one that was once, null for an unknown one. */
  async findLive(token: string, now = new Date()): Promise<Session | 'dead' | null> {
    const { entities, raw } = await this.sessions
      .createQueryBuilder('session')
      .innerJoin('users', 'u', 'u.id = session.user_id')
      .addSelect('u.disabled_at IS NOT NULL', 'user_disabled')
      .where('session.digest IN (:...digests)', {
        digests: this.hasher.candidates('session', token),
      })
      .getRawAndEntities<{ user_disabled: boolean }>();
    const [session] = entities;
    if (!session) return null;
    if (raw[0]?.user_disabled !== false || !isLive(session, now)) return 'dead';
    await this.markSeen(session, now);
    return session;
  }

  /** Newest first. @param page.before UUID of the session after which the page starts */
  listLive(
    userId: string,
    page: { before: string | undefined; limit: number },
    now = new Date(),
  ): Promise<Session[]> {
    return this.sessions.find({
      where: {
        ...liveSessionsOf(userId, now),
        ...(page.before === undefined ? {} : { id: LessThan(page.before) }),
      },
      order: { id: 'DESC' },
      take: page.limit,
    });
  }

  /** @throws SessionNotFound where the user has no such live session */
  async end(userId: string, sessionId: string, origin: Origin): Promise<void> {
    await this.transactions.run(async (manager) => {
      const { affected } = await manager.update(
        Session,
        { ...liveSessionsOf(userId, new Date()), id: sessionId },
        { endedAt: new Date() },
      );
      if (!affected) throw new SessionNotFound();
      await this.audit.record(manager, personActor(userId, origin), {
        action: 'session.ended',
        organizationId: null,
        targetId: encodeId('session', sessionId),
      });
    });
  }

  private async markSeen(session: Session, now: Date): Promise<void> {
    const step = new Date(now.getTime() - LAST_SEEN_STEP_MS);
    if (session.lastSeenAt > step) return;
    await this.sessions.update({ id: session.id, lastSeenAt: LessThan(step) }, { lastSeenAt: now });
  }
}

/** Neither ended, nor expired, nor left alone for too long. */
export function isLive(session: Session, now: Date): boolean {
  return (
    session.endedAt === null &&
    session.expiresAt > now &&
    session.lastSeenAt.getTime() + IDLE_LIFE_MS > now.getTime()
  );
}

/** What `isLive` says, for the database to judge. */
function liveSessionsOf(userId: string, now: Date): FindOptionsWhere<Session> {
  return {
    userId,
    endedAt: IsNull(),
    expiresAt: MoreThan(now),
    lastSeenAt: MoreThan(new Date(now.getTime() - IDLE_LIFE_MS)),
  };
}
