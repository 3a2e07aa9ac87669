import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { ValidationFailed } from '../../problem.js';
import { PasswordHashingBusy } from '../users.errors.js';

/** NIST SP 800-63B-4: at least 15 characters where the password is the only factor. */
const MIN_CHARACTERS = 15;
/** Longer ones are refused before any hashing (OWASP ASVS 15.2.2). */
const MAX_BYTES = 4096;

/** OWASP's first choice for argon2id (the library's default kind): 19 MiB, two passes, one lane. */
const ARGON2ID = {
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
};

/** A hash of what nobody knows, with the same costs. */
const DECOY =
  '$argon2id$v=19$m=19456,t=2,p=1$MZfxTV4vCeOhvAgJ0xlO+w$0096Jk6F0BW/hfr32PGYRSLxPTM3oazxMs5DiUgXCjY';

/** How many hashes run at once, and how many requests may wait for one. */
const MAX_RUNNING = 2;
const MAX_WAITING = 64;

/**
 * argon2id outside the event loop, a few at a time: a flood of sign-ins must not take the machine
 * from those who verify keys.
 */
@Injectable()
export class PasswordsService {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /**
   * The PHC string to store for a new password.
   *
   * @throws ValidationFailed for a password that is too short or too long; nothing is truncated
   * @throws PasswordHashingBusy when too many wait already
   */
  async hash(password: string): Promise<string> {
    requireAcceptable(password);
    return this.inTurn(() => hash(password, ARGON2ID));
  }

  /**
   * Whether the password belongs to the stored hash. Without one (no such account, or one without
   * password) it does the same work and says no.
   *
   * @throws PasswordHashingBusy when too many wait already
   */
  async verify(stored: string | null | undefined, password: string): Promise<boolean> {
    if (Buffer.byteLength(password) > MAX_BYTES) return false;
    if (stored) return this.inTurn(() => verify(stored, password));
    await this.inTurn(() => verify(DECOY, password));
    return false;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= MAX_RUNNING) {
      if (this.waiting.length >= MAX_WAITING) throw new PasswordHashingBusy();
      // Whoever finishes hands his place over, so `running` stays as it is.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running++;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}

function requireAcceptable(password: string): void {
  if (Buffer.byteLength(password) > MAX_BYTES) {
    throw new ValidationFailed({ password: [`password must be at most ${MAX_BYTES} bytes`] });
  }
  if ([...password].length < MIN_CHARACTERS) {
    throw new ValidationFailed({
      password: [`password must be at least ${MIN_CHARACTERS} characters`],
    });
  }
}
