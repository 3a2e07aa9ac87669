/**
 * What anything may be called: 1 to 100 characters of any script, of which something can be seen;
 * no control characters, line separators, or marks that change the direction of what follows.
 */
const NAME = /^(?=.*[^\s\p{Cf}])[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]{1,100}$/u;

export function isName(value: unknown): boolean {
  return typeof value === 'string' && NAME.test(value);
}
