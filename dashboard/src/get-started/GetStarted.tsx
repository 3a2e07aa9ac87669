import { Button, Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { IconCheck, IconCircleDashed } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useIsAdmin, useOrganization } from '../organizations/use-organization';
import { NoPermission } from '../states/NoPermission';
import { PageHeader } from '../states/PageHeader';
import {
  activeKeyCount,
  clientCount,
  memberCount,
  openInvitationCount,
  usage,
} from '../overview/overview-queries';

/** The first steps; whether one is done is seen from what is there, not from what was clicked. */
export function GetStarted() {
  const { t } = useTranslation();
  const { id: orgID, slug } = useOrganization();
  const navigate = useNavigate();
  const isAllowed = useIsAdmin();
  const { data: clients } = useQuery({ ...clientCount(orgID), enabled: isAllowed });
  const { data: days } = useQuery({ ...usage(orgID), enabled: isAllowed });
  const { data: keys } = useQuery({ ...activeKeyCount(orgID), enabled: isAllowed });
  const { data: members } = useQuery({ ...memberCount(orgID), enabled: isAllowed });
  const { data: invited } = useQuery({ ...openInvitationCount(orgID), enabled: isAllowed });
  const tokens = days?.reduce((sum, { tokens_issued: issued }) => sum + issued, 0) ?? 0;
  const steps = [
    {
      name: 'credential',
      isDone: (clients?.number ?? 0) > 0,
      to: '/orgs/$slug/oauth-clients',
      search: { dialog: 'create' },
    },
    {
      name: 'token',
      isDone: tokens > 0,
      to: '/orgs/$slug/oauth-clients',
      search: {},
    },
    {
      name: 'key',
      isDone: (keys?.number ?? 0) > 0,
      to: '/orgs/$slug/api-keys',
      search: { dialog: 'create' },
    },
    {
      name: 'teammate',
      isDone: (members?.number ?? 0) > 1 || (invited?.number ?? 0) > 0,
      to: '/orgs/$slug/invitations',
      search: { dialog: 'create' },
    },
  ] as const;
  return (
    <>
      <PageHeader title={t('pages.getStarted')} about={t('getStarted.about')} />
      {!isAllowed && <NoPermission orgID={orgID} />}
      {isAllowed && (
        <Stack component="ol" gap="sm" className="steps">
          {steps.map(({ name, isDone, to, search }, index) => (
            <Paper key={name} component="li" withBorder p="md">
              <Group justify="space-between" gap="sm">
                <Group gap="md" wrap="nowrap" align="flex-start" className="step">
                  <ThemeIcon
                    radius="xl"
                    size={32}
                    variant="light"
                    color={isDone ? 'green' : 'gray'}
                    role="img"
                    aria-label={t(isDone ? 'getStarted.done' : 'getStarted.open')}
                  >
                    {isDone ? <IconCheck size={18} /> : <IconCircleDashed size={18} />}
                  </ThemeIcon>
                  <div>
                    <Title order={2} size="h5">
                      {index + 1}. {t(`getStarted.${name}.title`)}
                    </Title>
                    <Text size="sm" c="dimmed">
                      {t(`getStarted.${name}.about`)}
                    </Text>
                  </div>
                </Group>
                <Button
                  variant={isDone ? 'default' : 'filled'}
                  onClick={() => {
                    void navigate({ to, params: { slug }, search });
                  }}
                >
                  {t(`getStarted.${name}.action`)}
                </Button>
              </Group>
            </Paper>
          ))}
        </Stack>
      )}
    </>
  );
}
