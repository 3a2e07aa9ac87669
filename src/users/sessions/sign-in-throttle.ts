import { Injectable } from '@nestjs/common';
import { addressKey } from '../../access/addresses/address-key.js';
import { FailureThrottle } from '../../access/throttling/failure-throttle.js';

const PER_ACCOUNT = 'passwordFailuresPerAccountPer15Minutes';
const PER_ADDRESS = 'passwordFailuresPerAddressPer15Minutes';

/** One attempt that has been counted. */
export interface Attempt {
  /** The password was right: the failures before it no longer count. */
  succeed(): Promise<void>;
  /** Nothing was decided (no database, no room for a hash), so nothing failed. */
  takeBack(): Promise<void>;
}

/**
 * Counts wrong passwords. From a device that the account knows they are counted by the device alone:
 * whatever strangers try, it is never locked out by them. From any other by account and address.
 */
@Injectable()
export class SignInThrottle {
  constructor(private readonly throttle: FailureThrottle) {}

  /**
   * Counted before the password is checked: parallel guesses can't outrun the counter.
   *
   * @param email normalised, and nothing else of the request: no spelling gives more attempts
   * @param device of a known device
   * @throws TooManyRequests
   */
  async begin(email: string, ip: string, device: string | null): Promise<Attempt> {
    if (device !== null) return this.beginAtKnownDevice(`device ${device}`);
    const address = addressKey(ip);
    await this.throttle.count(PER_ADDRESS, address);
    try {
      await this.throttle.countDoubling(PER_ACCOUNT, email);
    } catch (error) {
      // An attempt that the account refuses was no failure of the address: nothing was checked.
      await this.throttle.refund(PER_ADDRESS, address);
      throw error;
    }
    return {
      succeed: async () => {
        await this.throttle.forgive(PER_ACCOUNT, email);
        await this.throttle.refund(PER_ADDRESS, address);
      },
      takeBack: async () => {
        await this.throttle.refund(PER_ACCOUNT, email);
        await this.throttle.refund(PER_ADDRESS, address);
      },
    };
  }

  /** @param email normalised, of an account whose owner has proven himself otherwise */
  forgive(email: string): Promise<void> {
    return this.throttle.forgive(PER_ACCOUNT, email);
  }

  private async beginAtKnownDevice(key: string): Promise<Attempt> {
    await this.throttle.count(PER_ACCOUNT, key);
    return {
      succeed: () => this.throttle.forgive(PER_ACCOUNT, key),
      takeBack: () => this.throttle.refund(PER_ACCOUNT, key),
    };
  }
}
