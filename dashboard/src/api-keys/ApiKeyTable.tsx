import { Badge, Stack } from '@mantine/core';
import {
  IconChartBar,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ListedApiKey } from '../api/types';
import { Sparkline } from '../charts/Sparkline';
import { useCredentialColumns } from '../credentials/use-credential-columns';
import { useDialog } from '../forms/use-dialog';
import { useFilterChange } from '../forms/use-filters';
import { useMay } from '../organizations/use-organization';
import { Moment } from '../states/Moment';
import { useNow } from '../states/use-now';
import { StatusBadge } from '../states/StatusBadge';
import type { Column } from '../tables/DataTable';
import { DataTable } from '../tables/DataTable';
import type { RowAction } from '../tables/RowMenu';
import { RowMenu } from '../tables/RowMenu';
import { RowName } from '../tables/RowName';
import { endsSoon, statusOf } from './key-status';
import { dailyUses, validUses } from './key-uses';
import { useKeySwitch } from './use-key-switch';

interface ApiKeyTableProps {
  readonly keys: readonly ListedApiKey[];
  readonly sort: string;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  readonly onEnd: (() => void) | undefined;
}

export function ApiKeyTable({ keys, sort, selected, onSelect, onEnd }: ApiKeyTableProps) {
  const { t } = useTranslation();
  const change = useFilterChange();
  const may = useMay();
  return (
    <DataTable
      label={t('pages.apiKeys')}
      rows={keys}
      idOf={idOf}
      columns={useKeyColumns()}
      sorting={{
        by: sort,
        onChange: (by) => {
          change({ sort: by });
        },
      }}
      {...(may('api_keys:write') && {
        selection: { ids: selected, onChange: onSelect, nameOf },
      })}
      onEnd={onEnd}
    />
  );
}

const idOf = ({ id }: ListedApiKey): string => id;
const nameOf = ({ name }: ListedApiKey): string => name;

function useKeyColumns(): readonly Column<ListedApiKey>[] {
  const { t } = useTranslation();
  const shared = useCredentialColumns();
  const now = useNow();
  return useMemo(
    (): readonly Column<ListedApiKey>[] => [
      {
        id: 'name',
        header: t('fields.name'),
        sort: 'name',
        cell: (key) => <KeyName apiKey={key} />,
      },
      {
        id: 'status',
        header: t('fields.status'),
        cell: (key) => <StatusBadge status={statusOf(key, now)} />,
      },
      ...shared,
      {
        id: 'used',
        header: t('fields.lastUsed'),
        sort: 'last_used_at',
        cell: (key) => <Use apiKey={key} />,
      },
      {
        id: 'expires',
        header: t('fields.expires'),
        sort: 'expires_at',
        cell: (key) => <Expiry apiKey={key} />,
      },
      {
        id: 'actions',
        header: t('fields.actions'),
        hiddenHeader: true,
        cell: (key) => <KeyMenu apiKey={key} />,
      },
    ],
    [t, shared, now],
  );
}

function KeyName({ apiKey }: { readonly apiKey: ListedApiKey }) {
  const { id, name, key_prefix: prefix, environment } = apiKey;
  const { t } = useTranslation();
  const dialog = useDialog();
  return (
    <RowName
      name={name}
      detail={`${prefix}…`}
      badge={
        environment === 'test' && (
          <Badge size="xs" variant="light" color="gray">
            {t('apiKeys.test')}
          </Badge>
        )
      }
      onOpen={() => {
        dialog.open('details', id);
      }}
    />
  );
}

/** When it was used last, and how much lately. */
function Use({ apiKey: { last_used_at: at, usage } }: { readonly apiKey: ListedApiKey }) {
  const { t } = useTranslation();
  const now = useNow();
  const moment = <Moment at={at} never={t('fields.neverUsed')} />;
  if (!usage || usage.days.length === 0) return moment;
  const { days } = usage;
  return (
    <Stack gap={4} align="flex-start">
      {moment}
      <Sparkline
        label={t('apiKeys.usesIn30Days', { count: validUses(days) })}
        values={dailyUses(days, now)}
      />
    </Stack>
  );
}

function Expiry({ apiKey }: { readonly apiKey: ListedApiKey }) {
  const { t } = useTranslation();
  const now = useNow();
  const moment = <Moment at={apiKey.expires_at} never={t('fields.neverEnds')} />;
  if (!apiKey.is_active || !endsSoon(apiKey, now)) return moment;
  return (
    <Badge variant="light" color="orange" className="plain-badge">
      {moment}
    </Badge>
  );
}

function KeyMenu({ apiKey }: { readonly apiKey: ListedApiKey }) {
  const { t } = useTranslation();
  const dialog = useDialog();
  const may = useMay();
  const switchKey = useKeySwitch();
  const { id, name } = apiKey;
  const status = statusOf(apiKey, useNow());
  const actions: RowAction[] = [
    {
      label: t('apiKeys.details'),
      icon: IconChartBar,
      onSelect: () => {
        dialog.open('details', id);
      },
    },
  ];
  const revoke: RowAction = {
    label: t('apiKeys.revoke'),
    icon: IconTrash,
    isDangerous: true,
    onSelect: () => {
      dialog.open('revoke', id);
    },
  };
  if (may('api_keys:write')) {
    if (status === 'active' && apiKey.replaced_by_id === null) {
      actions.push({
        label: t('apiKeys.rotate'),
        icon: IconRefresh,
        onSelect: () => {
          dialog.open('rotate', id);
        },
      });
    }
    if (status === 'active' || status === 'disabled') {
      const isOn = status === 'active';
      actions.push({
        label: t(isOn ? 'apiKeys.disable' : 'apiKeys.enable'),
        icon: isOn ? IconPlayerPause : IconPlayerPlay,
        onSelect: () => {
          switchKey({ apiKey, isActive: !isOn });
        },
      });
    }
  }
  if (status !== 'revoked') actions.push(revoke);
  return <RowMenu name={name} actions={actions} />;
}
