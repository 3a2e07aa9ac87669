import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { type FoundCredential } from '../../access/credentials/found-credential.js';
import { encodeId } from '../../access/ids.js';
import { SecretHasher } from '../../access/secrets/secret.js';
import { UsersService } from '../users.service.js';
import { Session } from './session.entity.js';
import { isLive } from './sessions.service.js';

/** Finds sessions of anyone, ended ones too, for those who run the deployment. */
@Injectable()
export class SessionLookupService {
  constructor(
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    private readonly users: UsersService,
    private readonly hasher: SecretHasher,
  ) {}

  async byToken(token: string, now = new Date()): Promise<FoundCredential[]> {
    const digest = In(this.hasher.candidates('session', token));
    const session = await this.sessions.findOneBy({ digest });
    if (!session) return [];
    const user = await this.users.get(session.userId);
    const found: FoundCredential = {
      kind: 'session',
      id: encodeId('session', session.id),
      organizationId: null,
      projectId: null,
      userId: user.id,
      name: user.name,
      whyDead: whyDead(session, user.disabledAt, now),
      createdAt: session.createdAt,
      expiresAt: session.expiresAt,
      lastUsedAt: session.lastSeenAt,
    };
    return [found];
  }
}

function whyDead(session: Session, userDisabledAt: Date | null, now: Date): string | null {
  if (session.endedAt) return 'the session is ended';
  if (userDisabledAt) return 'the user is disabled';
  return isLive(session, now) ? null : 'the session has expired';
}
