import { TypeID } from 'typeid-js';
import { NIL, v7 } from 'uuid';

/** Prefixes of the ids that clients see (TypeID: prefix, `_`, UUIDv7 in base32). */
export const ID_PREFIXES = {
  organization: 'org',
  user: 'usr',
  membership: 'mem',
  invitation: 'inv',
  project: 'prj',
  apiKey: 'key',
  clientSecret: 'sec',
  auditEvent: 'evt',
  session: 'ses',
  outgoingMail: 'msg',
  deviceLogin: 'dev',
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

/** A new UUIDv7: time-ordered, so that ids sort by creation. */
export function newId(): string {
  return v7();
}

const HEX_DIGITS = Buffer.from('0123456789abcdef');
const uuidText = Buffer.from(NIL);
/** Where the digits of each byte stand in the text of a UUID. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/** The 36 characters of a UUID; the library's way there makes twenty strings. */
export function textOfUuid(bytes: Uint8Array): string {
  let index = 0;
  for (const place of PLACES) {
    const byte = bytes[index++] ?? 0;
    uuidText[place] = HEX_DIGITS[byte >> 4] ?? 0;
    uuidText[place + 1] = HEX_DIGITS[byte & 15] ?? 0;
  }
  return uuidText.toString('latin1');
}

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz';
/** Every number of ten bits as two digits. */
const PAIRS = Array.from(
  { length: 1024 },
  (_, number) => BASE32.charAt(number >> 5) + BASE32.charAt(number & 31),
);

/** Values of hexadecimal digits, by their code. */
const HEX_VALUES = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, HEX_DIGITS.indexOf(code)),
);
/** Where the digits stand in the text of a UUID. */
const DIGIT_PLACES = PLACES.flatMap((place) => [place, place + 1]);

/** The wire form of a stored UUID: two bits of zero and its 128, five to a digit (TypeID 0.3). */
export function encodeId(kind: IdKind, uuid: string): string {
  let text = `${ID_PREFIXES[kind]}_`;
  let bits = 0;
  let count = 2;
  // Two digits are written as soon as there are ten bits; what is left of older ones is cut off.
  for (const place of DIGIT_PLACES) {
    bits = ((bits << 4) | (HEX_VALUES[uuid.charCodeAt(place)] ?? 0)) & 0x3fff;
    count += 4;
    if (count >= 10) {
      count -= 10;
      text += PAIRS[(bits >> count) & 1023] ?? '';
    }
  }
  return text;
}

export function encodeOptionalId(kind: IdKind, uuid: string | null): string | null {
  return uuid === null ? null : encodeId(kind, uuid);
}

/** The UUID behind a wire id, or null when it is not an id of this kind. */
export function decodeId(kind: IdKind, text: unknown): string | null {
  if (typeof text !== 'string' || text.length > 64) return null;
  try {
    return TypeID.fromString(text, ID_PREFIXES[kind]).toUUID();
  } catch {
    return null;
  }
}
