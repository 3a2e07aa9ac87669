import { Paper, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { ComponentType, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Rows that are on their way. */
export function LoadingRows({ rows = 6 }: { readonly rows?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" aria-busy="true">
      <span className="visually-hidden">{t('states.loading')}</span>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={44} radius="sm" />
      ))}
    </Stack>
  );
}

interface EmptyProps {
  readonly icon: ComponentType<{ size?: number }>;
  readonly title: string;
  /** What this is for and how one gets the first. */
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

/** Nothing there yet: says what would be, and offers the first step. */
export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <Paper withBorder p="xl">
      <Stack align="center" gap="sm" ta="center">
        <ThemeIcon size={48} radius="xl" variant="light" aria-hidden>
          <Icon size={26} />
        </ThemeIcon>
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text c="dimmed" size="sm" maw={520}>
          {children}
        </Text>
        {action}
      </Stack>
    </Paper>
  );
}
