import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { fetchKey } from '../api-keys/api-key-queries';
import type { AttentionItem } from '../api/types';
import { useOrganization } from '../organizations/use-organization';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';
import { attention, clientNames } from './overview-queries';

/** Of each kind; the page behind the link has all. */
const SHOWN = 8;

export function Attention() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const { data: items, error } = useQuery(attention(orgID));
  return (
    <Paper withBorder p="md" component="section">
      <Title order={2} size="h5" mb="sm">
        {t('overview.attention')}
      </Title>
      {error && <Complaint error={error} />}
      {!items && !error && <LoadingRows rows={2} />}
      {items?.length === 0 && (
        <Group gap="xs">
          <IconCircleCheck size={18} aria-hidden />
          <Text size="sm">{t('overview.nothing')}</Text>
        </Group>
      )}
      <Stack gap="xs">
        {items?.slice(0, SHOWN).map((item) => (
          <Item key={`${item.kind} ${item.target_id}`} item={item} />
        ))}
        {items && items.length > SHOWN && (
          <Text size="sm" c="dimmed">
            {t('overview.more', { count: items.length - SHOWN })}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function Item({ item }: { readonly item: AttentionItem }) {
  const { kind } = item;
  const { t } = useTranslation();
  const { slug } = useOrganization();
  // A secret has neither a name nor a page of its own: it is its client's.
  const target = item.client_id ?? item.target_id;
  const name = useName(kind, target);
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <IconAlertTriangle size={18} aria-hidden className="attention-icon" />
      <Text size="sm">
        {t(`overview.kinds.${kind}`)}:{' '}
        <Anchor
          component={Link}
          to={`/orgs/${slug}/${placeOf(kind)}`}
          search={searchFor(kind, target) as never}
          underline="always"
        >
          {name ?? target}
        </Anchor>
      </Text>
    </Group>
  );
}

/** What people call a key or a client; undefined while it is on its way, and for everything else. */
function useName(kind: AttentionItem['kind'], target: string): string | undefined {
  const { id: orgID } = useOrganization();
  const { data: key } = useQuery({
    queryKey: [orgID, 'api-key', target],
    queryFn: () => fetchKey(orgID, target),
    enabled: kind.startsWith('api_key'),
  });
  const { data: clients } = useQuery(clientNames(orgID));
  return key?.name ?? clients?.[target];
}

function placeOf(kind: AttentionItem['kind']): string {
  if (kind === 'invitation_pending') return 'invitations';
  return kind.startsWith('api_key') ? 'api-keys' : 'oauth-clients';
}

function searchFor(kind: AttentionItem['kind'], target: string): object {
  if (kind === 'invitation_pending') return { status: 'pending' };
  return { dialog: kind.startsWith('api_key') ? 'details' : 'secrets', of: target };
}
