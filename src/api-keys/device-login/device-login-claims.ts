import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan, Not } from 'typeorm';
import { DeviceLogin } from './device-login.entity.js';
import {
  DeviceLoginCompleted,
  DeviceLoginGone,
  DeviceLoginNotFound,
} from './device-logins.errors.js';

/** No person has answered it. */
export const UNDECIDED = { approvedAt: IsNull(), deniedAt: IsNull() };
const UNDELIVERED = { approvedAt: Not(IsNull()), deniedAt: IsNull(), deliveredAt: IsNull() };

/** Decides who was first with a login: each change is one conditional update. */
@Injectable()
export class DeviceLoginClaims {
  /**
   * A person's answer.
   *
   * @throws DeviceLoginNotFound where somebody else was first
   * @throws DeviceLoginGone
   * @throws DeviceLoginCompleted
   */
  async decide(
    manager: EntityManager,
    { id, userId }: { readonly id: string; readonly userId: string },
    decision: Partial<DeviceLogin>,
  ): Promise<void> {
    const { affected } = await manager.update(
      DeviceLogin,
      { ...UNDECIDED, id, expiresAt: MoreThan(new Date()) },
      { ...decision, decidedByUserId: userId },
    );
    if (affected === 1) return;
    const login = await manager.findOneByOrFail(DeviceLogin, { id });
    requireSeenBy(login, userId);
    requirePending(login);
    throw new DeviceLoginGone('expired');
  }

  /** The key is handed over, once and in time. @throws DeviceLoginGone */
  async deliver(manager: EntityManager, id: string): Promise<void> {
    const now = new Date();
    const { affected } = await manager.update(
      DeviceLogin,
      { ...UNDELIVERED, id, expiresAt: MoreThan(now) },
      { deliveredAt: now },
    );
    if (affected === 1) return;
    const state = (await manager.findOneByOrFail(DeviceLogin, { id })).stateAt(now);
    throw new DeviceLoginGone(state === 'denied' || state === 'delivered' ? state : 'expired');
  }

  /** Takes an approval back. @returns false where there is none any more */
  async withdraw(manager: EntityManager, id: string): Promise<boolean> {
    const which = { ...UNDELIVERED, id };
    const { affected } = await manager.update(DeviceLogin, which, { deniedAt: new Date() });
    return affected === 1;
  }
}

/** Once it is answered, it is there for him alone who did. @throws DeviceLoginNotFound */
export function requireSeenBy({ decidedByUserId }: DeviceLogin, userId: string): void {
  if (decidedByUserId !== null && decidedByUserId !== userId) throw new DeviceLoginNotFound();
}

/** @throws DeviceLoginGone @throws DeviceLoginCompleted */
export function requirePending(login: DeviceLogin): void {
  const state = login.stateAt(new Date());
  if (state === 'pending') return;
  if (state === 'completed' || state === 'delivered') throw new DeviceLoginCompleted();
  throw new DeviceLoginGone(state);
}
