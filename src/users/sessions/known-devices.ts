import { Injectable } from '@nestjs/common';
import { equalInConstantTime, randomBase62, SecretHasher } from '../../access/secrets/secret.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** After this a device is a stranger again. */
export const KNOWN_DAYS = 180;
/** Number of the day since 1970, random text, digest. */
const SHAPE = /^(\d{5})\.([0-9A-Za-z]{22})\.([0-9A-Za-z_-]{43})$/;

/**
 * Devices on which someone has signed in before. Such a device keeps a signed note; nothing of it is
 * stored. It opens nothing: it only says whose wrong passwords are counted with whose.
 */
@Injectable()
export class KnownDevices {
  constructor(private readonly hasher: SecretHasher) {}

  /** A note for the device on which the owner of the address has just signed in. */
  issue(email: string, now = new Date()): string {
    const day = String(dayNumberOf(now));
    const random = randomBase62(22);
    const digest = this.hasher.digest('known device', textOf(day, random, email));
    return `${day}.${random}.${digest.toString('base64url')}`;
  }

  /** What names the device, if the note is genuine, of this address and recent enough; or null. */
  recognize(note: string | null, email: string, now = new Date()): string | null {
    const [, day, random, digest] = SHAPE.exec(note ?? '') ?? [];
    if (day === undefined || random === undefined || digest === undefined) return null;
    const age = dayNumberOf(now) - Number(day);
    if (age < 0 || age > KNOWN_DAYS) return null;
    const shown = Buffer.from(digest, 'base64url');
    const isGenuine = this.hasher
      .candidates('known device', textOf(day, random, email))
      .some((candidate) => equalInConstantTime(candidate, shown));
    return isGenuine ? random : null;
  }
}

function dayNumberOf(time: Date): number {
  return Math.floor(time.getTime() / DAY_MS);
}

function textOf(day: string, random: string, email: string): string {
  return `${day} ${random} ${email}`;
}
