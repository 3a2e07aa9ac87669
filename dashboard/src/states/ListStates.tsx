import { Anchor, Paper, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconLock } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { people } from '../api/queries';

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

/** The person's role does not reach this page: says so, and whom to ask. */
export function NoPermission({ orgID }: { readonly orgID: string }) {
  const { t } = useTranslation();
  const { data: members = [] } = useQuery(people(orgID));
  const admins = members
    .filter(({ role, status }) => role !== 'member' && status === 'active')
    .slice(0, 3);
  return (
    <Empty icon={IconLock} title={t('states.noPermission')}>
      {t('states.askFor')}
      {admins.map(({ id, user }, index) => (
        <span key={id}>
          {index > 0 && ', '}
          {user.email === null ? (
            user.name
          ) : (
            <Anchor href={`mailto:${user.email}`} underline="always">
              {user.name} ({user.email})
            </Anchor>
          )}
        </span>
      ))}
    </Empty>
  );
}
