import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { OrganizationNames } from '../../access/organization-names.js';
import { Turns } from '../../access/throttling/turns.js';
import { PasswordHashingBusy } from '../users.errors.js';
import { type Person } from '../users.service.js';
import { isTooLong, normalizePassword, requireAcceptable } from './password-rules.js';

/** OWASP's first choice for argon2id (the library's default kind): 19 MiB, two passes, one lane. */
const ARGON2ID = {
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
};

/** A hash of what nobody knows, with the same costs. */
const DECOY =
  '$argon2id$v=19$m=19456,t=2,p=1$MZfxTV4vCeOhvAgJ0xlO+w$0096Jk6F0BW/hfr32PGYRSLxPTM3oazxMs5DiUgXCjY';

/** What is stored: argon2id with its memory in KiB and its passes. */
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/;

/** How many hashes run at once, and how many requests may wait for one. */
const MAX_RUNNING = 2;
const MAX_WAITING = 64;

/**
 * argon2id outside the event loop, a few at a time: a flood of sign-ins must not take the machine
 * from those who verify keys.
 */
@Injectable()
export class PasswordsService {
  private readonly turns = new Turns({
    running: MAX_RUNNING,
    waiting: MAX_WAITING,
    busy: PasswordHashingBusy,
  });

  constructor(private readonly organizations: OrganizationNames) {}

  /**
   * The PHC string to store for a new password.
   *
   * @param context what belongs to the account (address, names): no password is made of it
   * @param field the input that a complaint is about
   * @throws ValidationFailed for a password that is too short, too long or easily guessed; nothing is
   *   truncated
   * @throws PasswordHashingBusy when too many wait already
   */
  async hash(
    password: string,
    context: readonly (string | null)[] = [],
    field?: string,
  ): Promise<string> {
    requireAcceptable(password, context, field);
    return this.strengthen(password);
  }

  /**
   * The same for someone who has an account: neither its words nor the names of his organizations
   * make up his password.
   */
  async hashFor(
    { id, email, name }: Pick<Person, 'id' | 'email' | 'name'>,
    password: string,
    field?: string,
  ): Promise<string> {
    const names = await this.organizations.of(id);
    return this.hash(password, [email, name, ...names], field);
  }

  /** The PHC string to store anew for a password that has just been proven. */
  strengthen(password: string): Promise<string> {
    return this.turns.take(() => hash(normalizePassword(password), ARGON2ID));
  }

  /** Whether a stored hash costs a guesser less than one that is made today. */
  isWeak(stored: string): boolean {
    const [, memory, passes] = PHC.exec(stored) ?? [];
    return Number(memory) * Number(passes) < ARGON2ID.memoryCost * ARGON2ID.timeCost;
  }

  /**
   * Whether the password belongs to the stored hash. Without one (no such account, or one without
   * password) it does the same work and says no.
   *
   * @throws PasswordHashingBusy when too many wait already
   */
  async verify(stored: string | null | undefined, password: string): Promise<boolean> {
    if (isTooLong(password)) return false;
    const isHash = typeof stored === 'string' && PHC.test(stored);
    // What was stored before passwords were normalised was stored as it was typed.
    for (const typed of new Set([normalizePassword(password), password])) {
      const isRight = await this.turns.take(() => verify(isHash ? stored : DECOY, typed));
      if (isRight && isHash) return true;
    }
    return false;
  }
}
