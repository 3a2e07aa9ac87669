import { Button, Group } from '@mantine/core';
import {
  IconBan,
  IconKey,
  IconListDetails,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { OAuthClient } from '../api/types';
import { useCredentialColumns } from '../credentials/use-credential-columns';
import { useDialog } from '../forms/use-dialog';
import { useMay } from '../organizations/use-organization';
import { Moment } from '../states/Moment';
import { StatusBadge } from '../states/StatusBadge';
import type { Column } from '../tables/DataTable';
import { DataTable } from '../tables/DataTable';
import type { RowAction } from '../tables/RowMenu';
import { RowMenu } from '../tables/RowMenu';
import { RowName } from '../tables/RowName';
import { useClientSwitch } from './use-client-switch';

interface ClientTableProps {
  readonly clients: readonly OAuthClient[];
  readonly onEnd: (() => void) | undefined;
}

export function ClientTable({ clients, onEnd }: ClientTableProps) {
  const { t } = useTranslation();
  return (
    <DataTable
      label={t('pages.oauthClients')}
      rows={clients}
      idOf={idOf}
      columns={useClientColumns()}
      onEnd={onEnd}
    />
  );
}

const idOf = ({ client_id: id }: OAuthClient): string => id;

function useClientColumns(): readonly Column<OAuthClient>[] {
  const { t } = useTranslation();
  const shared = useCredentialColumns();
  return useMemo(
    (): readonly Column<OAuthClient>[] => [
      { id: 'name', header: t('fields.name'), cell: (client) => <ClientName client={client} /> },
      {
        id: 'status',
        header: t('fields.status'),
        cell: ({ is_active: isActive }) => (
          <StatusBadge status={isActive ? 'active' : 'disabled'} />
        ),
      },
      ...shared,
      {
        id: 'used',
        header: t('fields.lastUsed'),
        cell: ({ last_used_at: at }) => <Moment at={at} never={t('fields.neverUsed')} />,
      },
      {
        id: 'actions',
        header: t('fields.actions'),
        hiddenHeader: true,
        cell: (client) => <ClientMenu client={client} />,
      },
    ],
    [t, shared],
  );
}

function ClientName({ client: { client_id: id, name } }: { readonly client: OAuthClient }) {
  const dialog = useDialog();
  return (
    <RowName
      name={name}
      detail={id}
      onOpen={() => {
        dialog.open('secrets', id);
      }}
    />
  );
}

function ClientMenu({ client }: { readonly client: OAuthClient }) {
  const { t } = useTranslation();
  const dialog = useDialog();
  const may = useMay();
  const switchClient = useClientSwitch();
  const { client_id: id, name, is_active: isActive, token_endpoint_auth_method: method } = client;
  const opening = (dialogName: string) => () => {
    dialog.open(dialogName, id);
  };
  const secrets: RowAction[] = [
    { label: t('oauthClients.secrets'), icon: IconListDetails, onSelect: opening('secrets') },
  ];
  if (!may('oauth_clients:write')) return <RowMenu name={name} actions={secrets} />;
  const hasSecrets = method !== 'private_key_jwt';
  const actions: RowAction[] = [
    ...secrets,
    ...(hasSecrets
      ? [{ label: t('oauthClients.rotate'), icon: IconRefresh, onSelect: opening('rotate') }]
      : []),
    {
      label: t(isActive ? 'apiKeys.disable' : 'apiKeys.enable'),
      icon: isActive ? IconPlayerPause : IconPlayerPlay,
      onSelect: () => {
        switchClient({ client, isActive: !isActive });
      },
    },
    {
      label: t('oauthClients.revokeTokens'),
      icon: IconBan,
      isDangerous: true,
      onSelect: opening('revoke-tokens'),
    },
    {
      label: t('oauthClients.delete'),
      icon: IconTrash,
      isDangerous: true,
      onSelect: opening('delete'),
    },
  ];
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      {hasSecrets && (
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconKey size={14} aria-hidden />}
          onClick={opening('credential')}
        >
          {t('oauthClients.getCredential')}
        </Button>
      )}
      <RowMenu name={name} actions={actions} />
    </Group>
  );
}
