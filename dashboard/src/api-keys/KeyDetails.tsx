import { List, Stack, Table, Text, Timeline, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconKey, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ApiKey } from '../api/types';
import { OutcomeChart } from '../charts/OutcomeChart';
import { Dialog } from '../forms/Dialog';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';
import { useFormat } from '../words/use-format';
import { fetchKeyUsage } from './api-key-queries';
import { USAGE_DAYS } from './key-uses';

/** What a key is, what became of it, and how it is used. */
export function KeyDetails({ apiKey }: { readonly apiKey: ApiKey }) {
  const { t } = useTranslation();
  const dialog = useDialog();
  return (
    <Dialog title={apiKey.name} opened onClose={dialog.close} size="xl">
      <Stack gap="lg">
        <Facts apiKey={apiKey} />
        <Usage keyID={apiKey.id} />
        <section>
          <Title order={3} size="h5" mb="sm">
            {t('apiKeys.timeline')}
          </Title>
          <Life apiKey={apiKey} />
        </section>
      </Stack>
    </Dialog>
  );
}

function Facts({ apiKey }: { readonly apiKey: ApiKey }) {
  const { t } = useTranslation();
  const facts = [
    [t('apiKeys.id'), apiKey.id],
    [t('apiKeys.prefix'), `${apiKey.key_prefix}…`],
    [t('fields.scopes'), apiKey.scopes.join(' ')],
    [t('apiKeys.source'), t(`apiKeys.sources.${apiKey.source}`)],
    [t('fields.addresses'), apiKey.ip_allowlist?.join(', ') ?? t('fields.anyAddress')],
    [
      t('apiKeys.limit'),
      apiKey.rate_limit
        ? t('apiKeys.limitOf', {
            limit: apiKey.rate_limit.limit,
            seconds: apiKey.rate_limit.window_seconds,
          })
        : t('fields.unlimited'),
    ],
  ];
  return (
    <Table variant="vertical" withTableBorder layout="fixed" className="facts">
      <Table.Tbody>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{name}</Table.Th>
            <Table.Td>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Usage({ keyID }: { readonly keyID: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { id: orgID } = useOrganization();
  const { data: usage, error } = useQuery({
    queryKey: [orgID, 'api-key', keyID, 'usage', USAGE_DAYS],
    queryFn: () => fetchKeyUsage(orgID, keyID, USAGE_DAYS),
  });
  if (error) return <Complaint error={error} />;
  if (!usage) return <LoadingRows rows={3} />;
  return (
    <section>
      <OutcomeChart title={t('apiKeys.usage')} days={usage.days} />
      <List size="sm" mt="sm">
        <List.Item>
          {usage.last_used_at === null
            ? t('apiKeys.neverUsedSoFar')
            : t('apiKeys.lastUse', {
                when: format.relative(usage.last_used_at),
                from: usage.last_used_ip ?? '?',
              })}
        </List.Item>
        {usage.last_used_user_agent !== null && <List.Item>{usage.last_used_user_agent}</List.Item>}
        {usage.unused_scopes.length > 0 && (
          <List.Item>
            {t('apiKeys.unusedScopes', { scopes: usage.unused_scopes.join(', ') })}
          </List.Item>
        )}
        {usage.uses_after_rotation && (
          <List.Item>
            {t('apiKeys.usesAfterRotation', { count: usage.uses_after_rotation.count })}
          </List.Item>
        )}
      </List>
    </section>
  );
}

/** Made, rotated, ended: with the links between a key and the one that took over. */
function Life({ apiKey }: { readonly apiKey: ApiKey }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { created_at: created, expires_at: expires, revoked_at: revoked } = apiKey;
  return (
    <Timeline bulletSize={24} active={10}>
      <Timeline.Item
        bullet={<IconKey size={14} aria-hidden />}
        title={t(apiKey.rotated_from_id === null ? 'apiKeys.made' : 'apiKeys.madeByRotation')}
      >
        <Text size="sm" c="dimmed">
          {format.dateTime(created)}
        </Text>
      </Timeline.Item>
      {apiKey.replaced_by_id !== null && (
        <Timeline.Item
          bullet={<IconRefresh size={14} aria-hidden />}
          title={t('apiKeys.replacedBy')}
        >
          <Text size="sm" c="dimmed">
            {apiKey.replaced_by_id}
          </Text>
        </Timeline.Item>
      )}
      {(revoked ?? expires) !== null && (
        <Timeline.Item
          bullet={<IconTrash size={14} aria-hidden />}
          title={t(revoked === null ? 'apiKeys.ends' : 'apiKeys.wasRevoked')}
        >
          <Text size="sm" c="dimmed">
            {format.dateTime(revoked ?? expires ?? '')}
          </Text>
        </Timeline.Item>
      )}
    </Timeline>
  );
}
