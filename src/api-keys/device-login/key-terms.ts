import { Inject, Injectable } from '@nestjs/common';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { Transactions } from '../../database/transactions.js';
import { PoliciesService } from '../../organizations/policies/policies.service.js';
import { type DeviceLogin, type DeviceSource } from './device-login.entity.js';

const DAY_MS = 86_400_000;
/** How long a key lives whose device names no end. */
const DEFAULT_DAYS = 90;
/** How long keys live at most; those of command-line tools as long as they are asked to. */
const MOST_DAYS: Readonly<Record<DeviceSource, number>> = { cli: Infinity, agent: 90 };

const NAMES: Readonly<Record<DeviceSource, string>> = { cli: 'Command line', agent: 'Agent' };

/** What a device asks for; what it leaves out is undefined. */
export interface DeviceWish {
  readonly name: string | undefined;
  readonly deviceName: string | undefined;
  readonly scopes: readonly string[] | undefined;
  readonly expiresAt: Date | undefined;
  readonly source: DeviceSource | undefined;
}

/** What keys of devices are where nobody says. */
@Injectable()
export class KeyTerms {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly policies: PoliciesService,
    private readonly transactions: Transactions,
  ) {}

  /** A device that names no scope works with the host application, whose scopes it then gets. */
  completed({ name, deviceName, scopes, expiresAt, source = 'cli' }: DeviceWish): CompletedWish {
    const { hostScopes } = this.runtime.config;
    return {
      name: name ?? deviceName ?? NAMES[source],
      deviceName: deviceName ?? null,
      scopes: [...(scopes ?? (hostScopes.length > 0 ? hostScopes : ['read']))],
      keyExpiresAt: expiresAt ?? null,
      source,
    };
  }

  /**
   * When a key that is made now expires: as was asked for, or sooner by what its kind and the policy
   * of the organization allow. Neither the device nor the person could choose another end.
   */
  async expiryIn(organizationId: string, login: DeviceLogin, now: Date): Promise<Date> {
    const policies = await this.policies.of(this.transactions.outside, organizationId);
    const latest = latestExpiryOf(login, now);
    const days = policies.enforced('max_key_lifetime_days') ?? Infinity;
    return earlier(latest, now.getTime() + days * DAY_MS);
  }
}

type CompletedWish = Pick<
  DeviceLogin,
  'name' | 'deviceName' | 'scopes' | 'keyExpiresAt' | 'source'
>;

/** When a key that is made now expires at the latest, whatever the organization. */
export function latestExpiryOf({ keyExpiresAt, source }: DeviceLogin, now: Date): Date {
  const wanted = keyExpiresAt ?? new Date(now.getTime() + DEFAULT_DAYS * DAY_MS);
  return earlier(wanted, now.getTime() + MOST_DAYS[source] * DAY_MS);
}

function earlier(date: Date, time: number): Date {
  return new Date(Math.min(date.getTime(), time));
}
