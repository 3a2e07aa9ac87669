import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Language } from '.';
import { chooseLanguage, LANGUAGES } from '.';

/** Each language by its own name. */
export function LanguageChoice({ label }: { readonly label?: string }) {
  const { t, i18n } = useTranslation();
  return (
    <NativeSelect
      label={label}
      aria-label={label === undefined ? t('profile.language') : undefined}
      size={label === undefined ? 'xs' : 'sm'}
      value={i18n.language}
      data={Object.entries(LANGUAGES).map(([value, name]) => ({ value, label: name }))}
      onChange={(event) => {
        void chooseLanguage(event.currentTarget.value as Language);
      }}
    />
  );
}
