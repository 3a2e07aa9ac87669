import { PasswordInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface NewPasswordProps {
  readonly label: string;
  readonly name?: string;
  readonly error: string | undefined;
}

/** A password that somebody makes up, or his password manager. */
export function NewPassword({ label, name = 'password', error }: NewPasswordProps) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      name={name}
      label={label}
      description={t('signIn.passwordAbout')}
      error={error}
      autoComplete="new-password"
      required
      visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
    />
  );
}
