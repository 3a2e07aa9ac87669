import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { randomBase62, SecretHasher } from '../../access/secrets/secret.js';

/** No vowel, so that no word comes of it, and nothing that is taken for another (RFC 8628 §6.1). */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
const CODE_LENGTH = 8;
const CODE = new RegExp(`^[${ALPHABET}]{${CODE_LENGTH}}$`);

/** A new token, and what is stored of it. */
export interface PollToken {
  readonly token: string;
  readonly digest: Buffer;
}

/** What a device login is known by beside its id: to the device, and to the person. */
@Injectable()
export class DeviceLoginSecrets {
  constructor(private readonly hasher: SecretHasher) {}

  /** 256 random bits. */
  mintPollToken(): PollToken {
    const token = `kcd_${randomBase62(43)}`;
    return { token, digest: this.hasher.digest('device login', token) };
  }

  /** Every digest under which the token may be stored. */
  digestsOf(token: string): Buffer[] {
    return this.hasher.candidates('device login', token);
  }

  /** 34.6 random bits: enough for ten minutes in which wrong ones are counted. */
  mintUserCode(): string {
    const letters = Array.from({ length: CODE_LENGTH }, () =>
      ALPHABET.charAt(randomInt(ALPHABET.length)),
    );
    return letters.join('');
  }
}

/** As people read it. */
export function shownUserCode(code: string): string {
  return `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;
}

/** The code that somebody typed, in any case, with or without dash and spaces; null for no code. */
export function readUserCode(text: string): string | null {
  const code = text.replace(/[-\s]/g, '').toUpperCase();
  return CODE.test(code) ? code : null;
}
