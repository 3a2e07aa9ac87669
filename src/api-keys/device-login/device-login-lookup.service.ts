import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThan, type Repository } from 'typeorm';
import { addressKey } from '../../access/addresses/address-key.js';
import { FailureThrottle } from '../../access/throttling/failure-throttle.js';
import { type Caller, signedInUser } from '../../access/principal.js';
import { requireSeenBy, UNDECIDED } from './device-login-claims.js';
import { DeviceLogin } from './device-login.entity.js';
import { readUserCode } from './device-login-secrets.js';
import { DeviceLoginGone, DeviceLoginNotFound } from './device-logins.errors.js';

/**
 * What a signed-in person is shown of the logins of devices: by its id or code any that is not
 * answered, and of the others those alone that he has answered.
 */
@Injectable()
export class DeviceLoginLookupService {
  constructor(
    @InjectRepository(DeviceLogin) private readonly logins: Repository<DeviceLogin>,
    private readonly throttle: FailureThrottle,
  ) {}

  /**
   * The undecided login that shows this code.
   *
   * @throws DeviceLoginNotFound
   * @throws TooManyRequests
   */
  async findByCode(caller: Caller, text: string): Promise<DeviceLogin> {
    const userCode = readUserCode(text);
    const which = { ...UNDECIDED, expiresAt: MoreThan(new Date()) };
    const login = userCode && (await this.logins.findOneBy({ ...which, userCode }));
    if (login) return login;
    const kind = 'oneTimeTokenFailuresPerAddressPerMinute';
    await this.throttle.count(kind, addressKey(caller.origin.ip));
    // A code is short: who has many addresses is still one person.
    await this.throttle.count(kind, `user ${signedInUser(caller).userId}`);
    throw new DeviceLoginNotFound();
  }

  /**
   * Also what he has answered, as long as it lasts.
   *
   * @throws DeviceLoginNotFound
   * @throws DeviceLoginGone
   */
  async get(caller: Caller, id: string): Promise<DeviceLogin> {
    const login = await this.logins.findOneBy({ id });
    const { userId } = signedInUser(caller);
    if (!login) throw new DeviceLoginNotFound();
    requireSeenBy(login, userId);
    if (login.expiresAt <= new Date()) throw new DeviceLoginGone('expired');
    return login;
  }
}
