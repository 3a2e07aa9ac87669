import { Anchor, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { OutcomeChart } from '../charts/OutcomeChart';
import { useIsAdmin, useOrganization } from '../organizations/use-organization';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';
import { NoPermission } from '../states/NoPermission';
import { PageHeader } from '../states/PageHeader';
import { useFormat } from '../words/use-format';
import { Attention } from './Attention';
import type { Count } from './overview-queries';
import { activeKeyCount, clientCount, memberCount, usage } from './overview-queries';
import { TokensByClient } from './TokensByClient';

/** How the organization is doing, and what wants looking after. */
export function Overview() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const isAllowed = useIsAdmin();
  const { data, error, refetch } = useQuery({ ...usage(orgID), enabled: isAllowed });
  const retry = (): void => {
    void refetch();
  };
  return (
    <>
      <PageHeader title={t('pages.overview')} />
      {!isAllowed && <NoPermission orgID={orgID} />}
      {error && <Complaint error={error} onRetry={retry} />}
      {isAllowed && !error && (
        <Stack gap="lg">
          <Figures />
          <Attention />
          {data ? (
            <>
              <Paper withBorder p="md">
                <OutcomeChart title={t('overview.requests')} days={data} />
              </Paper>
              <Paper withBorder p="md">
                <TokensByClient days={data} />
              </Paper>
            </>
          ) : (
            <LoadingRows />
          )}
        </Stack>
      )}
    </>
  );
}

function Figures() {
  const { t } = useTranslation();
  const format = useFormat();
  const { id: orgID, slug } = useOrganization();
  const { data: members } = useQuery(memberCount(orgID));
  const { data: keys } = useQuery(activeKeyCount(orgID));
  const { data: clients } = useQuery(clientCount(orgID));
  const { data: days } = useQuery(usage(orgID));
  // Days are counted whole: today alone would be next to nothing after midnight.
  const tokens = days?.slice(-2).reduce((sum, { tokens_issued: issued }) => sum + issued, 0);
  const shown = (count: Count | undefined): string => {
    if (!count) return '…';
    return `${format.number(count.number)}${count.isAtLeast ? '+' : ''}`;
  };
  const figures = [
    [t('pages.members'), shown(members), '/orgs/$slug/members'],
    [t('overview.activeKeys'), shown(keys), '/orgs/$slug/api-keys'],
    [t('pages.oauthClients'), shown(clients), '/orgs/$slug/oauth-clients'],
    [
      t('overview.tokensLately'),
      tokens === undefined ? '…' : format.number(tokens),
      '/orgs/$slug/oauth-clients',
    ],
  ] as const;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }}>
      {figures.map(([name, value, to]) => (
        <Paper key={name} withBorder p="md">
          <Title order={2} size="sm" fw={500} c="dimmed">
            {name}
          </Title>
          <Text size="xl" fw={700}>
            <Anchor component={Link} to={to} params={{ slug } as never} inherit c="inherit">
              {value}
            </Anchor>
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}
