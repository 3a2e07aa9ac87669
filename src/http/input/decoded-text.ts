import { isAscii } from 'node:buffer';
import { type TextDecoder } from 'node:util';

/**
 * Bytes as text. What is ASCII, as most is, needs no decoder.
 *
 * @throws TypeError as the decoder does
 */
export function decodedText(bytes: Buffer, decoder: TextDecoder): string {
  return isAscii(bytes) ? bytes.toString('latin1') : decoder.decode(bytes);
}
