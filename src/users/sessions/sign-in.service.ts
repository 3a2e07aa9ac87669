import { Injectable } from '@nestjs/common';
import { encodeId } from '../../access/ids.js';
import { type Origin } from '../../access/principal.js';
import { RefusalsService } from '../../audit/refusals.service.js';
import { Transactions } from '../../database/transactions.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { User } from '../user.entity.js';
import { InvalidCredentials, PasswordHashingBusy } from '../users.errors.js';
import { UsersService } from '../users.service.js';
import { KnownDevices } from './known-devices.js';
import { SessionsService, type StartedSession } from './sessions.service.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** What somebody signs in with. */
export interface SignIn {
  /** Normalised. */
  readonly email: string;
  readonly password: string;
  /** The note of a device on which someone has signed in before, as it was sent; or null. */
  readonly device: string | null;
}

/** Signing in by password. */
@Injectable()
export class SignInService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordsService,
    private readonly sessions: SessionsService,
    private readonly devices: KnownDevices,
    private readonly throttle: SignInThrottle,
    private readonly refusals: RefusalsService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * @throws InvalidCredentials the same for an unknown address and a wrong password
   * @throws TooManyRequests
   */
  async signIn({ email, password, device }: SignIn, origin: Origin): Promise<StartedSession> {
    const known = this.devices.recognize(device, email);
    const attempt = await this.throttle.begin(email, origin.ip, known);
    const { user, isRight } = await this.check(email, password).catch(async (error: unknown) => {
      await attempt.takeBack();
      throw error;
    });
    if (user && !isRight) this.noteWrongPassword(user, origin);
    if (!user || !isRight) throw new InvalidCredentials(user ? 'wrong password' : 'no such user');
    await attempt.succeed();
    if (user.disabledAt) throw new InvalidCredentials('the user is disabled');
    await this.strengthen(user, password);
    return this.transactions.run((manager) => this.sessions.start(manager, user, origin));
  }

  private noteWrongPassword({ id }: User, origin: Origin): void {
    this.refusals.note(
      { kind: 'user', id: encodeId('user', id), organizationId: null },
      { action: 'session.refused', projectId: null, reason: 'wrong password', origin },
    );
  }

  private async check(
    email: string,
    password: string,
  ): Promise<{ user: User | null; isRight: boolean }> {
    const user = await this.users.findWithPassword(email);
    return { user, isRight: await this.passwords.verify(user?.passwordHash, password) };
  }

  /** A hash of former, smaller costs is replaced while the password is at hand. */
  private async strengthen({ id, passwordHash }: User, password: string): Promise<void> {
    if (passwordHash === null || !this.passwords.isWeak(passwordHash)) return;
    const stronger = await this.passwords.strengthen(password).catch((error: unknown) => {
      // There is no room for a hash just now: the next sign-in finds some.
      if (error instanceof PasswordHashingBusy) return null;
      throw error;
    });
    if (stronger === null) return;
    const { outside } = this.transactions;
    await outside.update(User, { id, passwordHash }, { passwordHash: stronger });
  }
}
