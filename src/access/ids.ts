import { TypeID } from 'typeid-js';
import { v7 } from 'uuid';

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

/** The wire form of a stored UUID. */
export function encodeId(kind: IdKind, uuid: string): string {
  return TypeID.fromUUID(ID_PREFIXES[kind], uuid).toString();
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
