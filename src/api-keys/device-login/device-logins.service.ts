import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, type Repository } from 'typeorm';
import { addressKey } from '../../access/addresses/address-key.js';
import { FailureThrottle } from '../../access/throttling/failure-throttle.js';
import { assertScopesFit, ExpiresInPast } from '../../access/scopes/granting.js';
import { newId } from '../../access/ids.js';
import { type Origin } from '../../access/principal.js';
import { ScopeCatalogue } from '../../access/scopes/scopes.js';
import { DeviceLogin } from './device-login.entity.js';
import { DeviceLoginSecrets } from './device-login-secrets.js';
import { DeviceLoginNotFound } from './device-logins.errors.js';
import { type DeviceWish, KeyTerms } from './key-terms.js';

const LIFE_MS = 10 * 60_000;
/** How long it is kept, for whoever asks what became of it. */
const KEPT_MS = 24 * 60 * 60_000;

/** A login that a device has begun, with the token that is shown to it this once. */
export interface StartedDeviceLogin {
  readonly login: DeviceLogin;
  readonly pollToken: string;
}

/** Logins as devices begin them and ask for them. */
@Injectable()
export class DeviceLoginsService {
  constructor(
    @InjectRepository(DeviceLogin) private readonly logins: Repository<DeviceLogin>,
    private readonly secrets: DeviceLoginSecrets,
    private readonly terms: KeyTerms,
    private readonly catalogue: ScopeCatalogue,
    private readonly throttle: FailureThrottle,
  ) {}

  /**
   * For ten minutes a person may approve it.
   *
   * @throws InvalidScope
   * @throws ExpiresInPast
   * @throws TooManyRequests
   */
  async start(wish: DeviceWish, origin: Origin): Promise<StartedDeviceLogin> {
    const now = new Date();
    const completed = this.terms.completed(wish);
    assertScopesFit(this.catalogue, completed.scopes, null);
    if (completed.keyExpiresAt && completed.keyExpiresAt <= now) throw new ExpiresInPast();
    await this.throttle.count('deviceLoginsPerAddressPerHour', addressKey(origin.ip));
    const { token, digest } = this.secrets.mintPollToken();
    const login = this.logins.create({
      ...completed,
      id: newId(),
      pollDigest: digest,
      ip: origin.ip,
      userAgent: origin.userAgent,
      createdAt: now,
      expiresAt: new Date(now.getTime() + LIFE_MS),
      approvedAt: null,
      deniedAt: null,
      deliveredAt: null,
    });
    await this.insert(login);
    return { login, pollToken: token };
  }

  /**
   * The login of whoever has its poll token, whatever became of it.
   *
   * @throws DeviceLoginNotFound
   * @throws TooManyRequests
   */
  async open(id: string, pollToken: string, origin: Origin): Promise<DeviceLogin> {
    const pollDigest = In(this.secrets.digestsOf(pollToken));
    const login = await this.logins.findOneBy({ id, pollDigest });
    if (login) return login;
    await this.throttle.count('oneTimeTokenFailuresPerAddressPerMinute', addressKey(origin.ip));
    throw new DeviceLoginNotFound();
  }

  async removeOld(now: Date): Promise<void> {
    await this.logins.delete({ createdAt: LessThan(new Date(now.getTime() - KEPT_MS)) });
  }

  /** Gives it a code that no other undecided one has. */
  private async insert(login: DeviceLogin): Promise<void> {
    let isNew = false;
    while (!isNew) {
      login.userCode = this.secrets.mintUserCode();
      const insertion = this.logins.createQueryBuilder().insert().values(login).orIgnore();
      const { raw } = (await insertion.returning('id').execute()) as { raw: unknown[] };
      isNew = raw.length === 1;
    }
  }
}
