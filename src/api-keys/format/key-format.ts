import { crc32 } from 'node:zlib';
import { BASE62, base62, randomBase62 } from '../../access/secrets/secret.js';
import { KEY_ENVIRONMENTS, type KeyEnvironment } from '../api-key.entity.js';

const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;
const SHOWN_RANDOM_LENGTH = 4;
const TAIL = /^[0-9A-Za-z]{38}$/;

/** A new key: the whole of it, shown once, and the start of it, which may be shown for ever. */
export interface GeneratedKey {
  readonly plaintext: string;
  /** Up to and with the first four random characters: `capy_live_x1Y2`. */
  readonly prefix: string;
}

/**
 * How keys of this deployment look: `<brand>_<live|test>_`, 32 random characters of
 * `0-9A-Za-z` (190 bits), and the CRC-32 of all before it in six base62 characters. The checksum
 * keeps typing mistakes and rubbish away from the database; it is no secret.
 */
export class KeyFormat {
  readonly checksumLength = CHECKSUM_LENGTH;
  readonly alphabet = BASE62;
  private readonly beginnings: readonly string[];

  /** @param formerBrands brands that new keys no longer get, but old ones still have */
  constructor(
    readonly brand: string,
    readonly formerBrands: readonly string[] = [],
  ) {
    this.beginnings = [brand, ...formerBrands].flatMap((each) =>
      KEY_ENVIRONMENTS.map((environment) => `${each}_${environment}_`),
    );
  }

  generate(environment: KeyEnvironment): GeneratedKey {
    const plaintext = this.withChecksum(environment, randomBase62(RANDOM_LENGTH));
    const hiddenLength = RANDOM_LENGTH - SHOWN_RANDOM_LENGTH + CHECKSUM_LENGTH;
    return { plaintext, prefix: plaintext.slice(0, -hiddenLength) };
  }

  /** A key with a right checksum that is never made: its random part is none. */
  example(): string {
    return this.withChecksum('live', '0'.repeat(RANDOM_LENGTH));
  }

  /** By which a program of another language shows that it computes the checksum alike. */
  testVectors(): { key: string; valid: boolean }[] {
    const ordered = BASE62.slice(0, RANDOM_LENGTH);
    const reversed = [...BASE62.slice(-RANDOM_LENGTH)].reverse().join('');
    const mixed = this.withChecksum('test', ordered);
    return [
      { key: this.example(), valid: true },
      { key: mixed, valid: true },
      { key: this.withChecksum('live', reversed), valid: true },
      { key: mixed.replace('01', '10'), valid: false },
    ];
  }

  /** Whether the text claims to be a key of this deployment, good or not. */
  hasBeginning(text: string): boolean {
    return this.beginnings.some((each) => text.startsWith(each));
  }

  /** Whether shape and checksum are right, so that looking it up is worth a query. */
  isWellFormed(text: string): boolean {
    const beginning = this.beginnings.find((each) => text.startsWith(each));
    if (beginning === undefined || !TAIL.test(text.slice(beginning.length))) return false;
    return checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
  }

  private withChecksum(environment: KeyEnvironment, random: string): string {
    const head = `${this.brand}_${environment}_${random}`;
    return head + checksum(head);
  }
}

function checksum(head: string): string {
  return base62(crc32(head), CHECKSUM_LENGTH);
}
