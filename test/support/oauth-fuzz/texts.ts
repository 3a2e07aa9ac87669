import fc from 'fast-check';
import { randomText } from '../keycap.js';

/** Stands in much of what is sent; an answer that has it repeats its input. */
export const CANARY = `canary${randomText()}`;

/** Bytes as text of one character each, as everything is kept that goes over the wire. */
export const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

/** What has broken parsers, databases, logs and pages. */
const NOTORIOUS = [
  '',
  ' ',
  '\0',
  '\ufeff',
  '\u2028',
  '\ud800',
  'é',
  '😀',
  '%',
  '%00',
  '%zz',
  '%C3%28',
  '+',
  '&=&',
  '"',
  '\\',
  "' OR '1'='1",
  "'; DROP TABLE access_tokens; --",
  '<script>alert(1)</script>',
  '../../../etc/passwd',
  '\r\nSet-Cookie: a=b',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  '-1',
  '1e999',
];

const anyText = fc.oneof(
  fc.constantFrom(...NOTORIOUS),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** Any text, often with the canary at its end. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  anyText,
  anyText.map((text) => text + CANARY),
);

/** Text that is too long for something. */
export const longText: fc.Arbitrary<string> = fc
  .constantFrom(300, 2_100, 8_200, 20_000)
  .map((length) => CANARY + 'x'.repeat(length));

/** The value of a header as bytes, odd ones among them, in one line. */
export const headerValue: fc.Arbitrary<string> = fc.oneof(
  hostileText.map((text) => bytesOf(text).replaceAll('\r\n', ' ')),
  fc
    .tuple(fc.constantFrom('\0', '\x01', '\n', '\r', '\x7f', '\x80', '\xff'), fc.nat(10))
    .map(([odd, at]) => CANARY.slice(0, at) + odd + CANARY.slice(at)),
);

/** Some of a text replaced by something else. */
export function garbled(text: string): fc.Arbitrary<string> {
  const spot = fc.nat(text.length);
  return fc
    .tuple(spot, fc.nat(4), fc.string({ unit: 'binary-ascii', maxLength: 4 }), fc.boolean())
    .map(([start, length, noise, isHigh]) => {
      const put = isHigh ? `${noise}\xff` : noise;
      return text.slice(0, start) + put + text.slice(start + length);
    });
}
