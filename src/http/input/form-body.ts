import { BadRequest } from '../errors/http.errors.js';
import { decodedText } from './decoded-text.js';

const MAX_PARAMETERS = 100;
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** The one parameter that may be sent several times (RFC 8707 §2). */
const REPEATABLE = 'resource';

/**
 * An `application/x-www-form-urlencoded` body as RFC 6749 reads it (§3.2 and appendix B): UTF-8,
 * no parameter twice (`resource` aside), one without a value counts as left out. Names are only
 * names; brackets in them mean nothing.
 */
export class FormBody {
  static readonly empty = new FormBody(new Map());

  private constructor(private readonly parameters: ReadonlyMap<string, readonly string[]>) {}

  /** @throws BadRequest */
  static parse(bytes: Buffer): FormBody {
    const pairs = textOf(bytes)
      .split('&')
      .filter((pair) => pair !== '');
    if (pairs.length > MAX_PARAMETERS) throw new BadRequest('the body has too many parameters');
    const parameters = new Map<string, readonly string[]>();
    for (const pair of pairs) {
      const end = pair.indexOf('=');
      const name = decoded(end < 0 ? pair : pair.slice(0, end));
      const earlier = parameters.get(name) ?? [];
      if (earlier.length > 0 && name !== REPEATABLE)
        throw new BadRequest('a parameter is repeated');
      parameters.set(name, [...earlier, end < 0 ? '' : decoded(pair.slice(end + 1))]);
    }
    return new FormBody(parameters);
  }

  /** The value of a parameter, or undefined where it is absent or empty. */
  get(name: string): string | undefined {
    return this.getAll(name)[0];
  }

  /** Every value of a parameter that may be sent several times, without empty ones. */
  getAll(name: string): readonly string[] {
    return (this.parameters.get(name) ?? []).filter((value) => value !== '');
  }
}

function textOf(bytes: Buffer): string {
  try {
    return decodedText(bytes, UTF_8);
  } catch {
    throw new BadRequest('the body is not UTF-8');
  }
}

/**
 * A form-encoded name or value in clear.
 *
 * @throws BadRequest for an escape that is none, bytes that are not UTF-8, and NUL, which no
 * parameter has a use for
 */
function decoded(text: string): string {
  const value = formDecoded(text);
  if (value === null || value.includes('\0')) throw new BadRequest('the body is not a valid form');
  return value;
}

/** `+` is a space and `%XX` a byte of UTF-8; null for an escape that is none. */
export function formDecoded(text: string): string | null {
  // Nothing in most texts stands for anything else.
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** Whether a `Content-Type` names no other character set than UTF-8. */
export function isUtf8(contentType: string): boolean {
  const [, charset] = /;\s*charset\s*=\s*("[^"]*"|[^;\s]*)/i.exec(contentType) ?? [];
  return charset === undefined || /^"?utf-?8"?$/i.test(charset);
}
