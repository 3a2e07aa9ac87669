import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** What a list can be narrowed by. */
export function Filters({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm" mb="md" align="flex-end" role="search" aria-label={t('lists.filters')}>
      {children}
    </Group>
  );
}
