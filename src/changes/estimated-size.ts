/** What a string takes beside its characters, an object beside its members, and a date, in bytes. */
const STRING_BYTES = 16;
const OBJECT_BYTES = 32;
const DATE_BYTES = 96;
const MEMBER_BYTES = 8;

/** In a text that is no longer than that, wide characters are not worth being looked for. */
const SHORT_LENGTH = 40;
/** A single one outside of Latin-1 makes each character of a text take two bytes. */
const WIDE = /[^\0-\xff]/;

/**
 * What a value takes of memory, in bytes: about so much, for values as rows have them. What it shares with
 * others is counted as its own.
 */
export function estimatedSize(value: unknown): number {
  if (typeof value === 'string') return STRING_BYTES + sizeOfText(value);
  if (typeof value !== 'object' || value === null) return 0;
  if (value instanceof Date) return DATE_BYTES;
  if (ArrayBuffer.isView(value)) return OBJECT_BYTES + value.byteLength;
  let size = OBJECT_BYTES;
  for (const member of Object.values(value)) size += MEMBER_BYTES + estimatedSize(member);
  return size;
}

function sizeOfText(text: string): number {
  return text.length > SHORT_LENGTH && WIDE.test(text) ? 2 * text.length : text.length;
}
