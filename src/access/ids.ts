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

/** The wire form of a stored UUID: two bits of zero and its 128, five to a digit (TypeID 0.3). */
export function encodeId(kind: IdKind, uuid: string): string {
  const hex = uuid.replaceAll('-', '');
  let text = `${ID_PREFIXES[kind]}_${pairOf(parseInt(hex.slice(0, 2), 16))}`;
  for (let start = 2; start < hex.length; start += 5) {
    const bits = parseInt(hex.slice(start, start + 5), 16);
    text += pairOf(bits >> 10) + pairOf(bits & 1023);
  }
  return text;
}

function pairOf(bits: number): string {
  return PAIRS[bits] ?? '';
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
