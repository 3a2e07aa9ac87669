import { Transform } from 'class-transformer';
import { IsEmail, MaxLength } from 'class-validator';

/**
 * One spelling for each address: Unicode NFKC, trimmed, lower case. Twins of an address
 * (`A@X`, `ａ@x`) are the same account.
 */
export function normalizeEmail(email: string): string {
  return email.normalize('NFKC').trim().toLowerCase();
}

/** Validates an address and hands it on normalised. */
export function IsEmailAddress(): PropertyDecorator {
  const decorators = [
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? normalizeEmail(value) : value,
    ),
    IsEmail({}, { message: '$property must be an e-mail address' }),
    MaxLength(254),
  ];
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}
