import { decodedText } from '../../http/input/decoded-text.js';
import { formDecoded } from '../../http/input/form-body.js';
import { type ShownSecret } from './client-proof.js';

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Reads what follows `Basic` (RFC 7617 §2, RFC 6749 §2.3.1): base64 of `id:secret`, each of the
 * two form-encoded, split at the first colon. Null for anything else.
 */
export function parseBasicCredentials(text: string): ShownSecret | null {
  const pair = textOfBase64(text);
  const colon = pair?.indexOf(':') ?? -1;
  if (pair === null || colon < 0) return null;
  const clientId = formDecoded(pair.slice(0, colon));
  const secret = formDecoded(pair.slice(colon + 1));
  return clientId === null || secret === null ? null : { clientId, secret };
}

function textOfBase64(text: string): string | null {
  const bytes = Buffer.from(text, 'base64');
  // Buffer.from() skips what it can't read; what it gives back must be what came in.
  if (!BASE64.test(text) || bytes.toString('base64') !== text) return null;
  try {
    return decodedText(bytes, UTF_8);
  } catch {
    return null;
  }
}
