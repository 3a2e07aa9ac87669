import { crc32 } from 'node:zlib';
import { base62, randomBase62 } from '../../access/secret.js';
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
  private readonly beginnings: readonly string[];

  /** @param formerBrands brands that new keys no longer get, but old ones still have */
  constructor(
    private readonly brand: string,
    formerBrands: readonly string[] = [],
  ) {
    this.beginnings = [brand, ...formerBrands].flatMap((each) =>
      KEY_ENVIRONMENTS.map((environment) => `${each}_${environment}_`),
    );
  }

  generate(environment: KeyEnvironment): GeneratedKey {
    const beginning = `${this.brand}_${environment}_`;
    const head = beginning + randomBase62(RANDOM_LENGTH);
    return {
      plaintext: head + checksum(head),
      prefix: head.slice(0, beginning.length + SHOWN_RANDOM_LENGTH),
    };
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
}

function checksum(head: string): string {
  return base62(crc32(head), CHECKSUM_LENGTH);
}
