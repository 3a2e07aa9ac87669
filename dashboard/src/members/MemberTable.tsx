import { Badge, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconPlayerPause, IconPlayerPlay, IconUserMinus } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { me } from '../api/queries';
import type { Member } from '../api/types';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { StatusBadge } from '../states/StatusBadge';
import type { Column } from '../tables/DataTable';
import { DataTable } from '../tables/DataTable';
import { RowMenu } from '../tables/RowMenu';
import { useFormat } from '../words/use-format';
import type { Role } from './roles';
import { grantableBy, mayChange } from './roles';
import { useMemberChange } from './use-member-change';

interface MemberTableProps {
  readonly members: readonly Member[];
  readonly onEnd: (() => void) | undefined;
}

export function MemberTable({ members, onEnd }: MemberTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useMemo(
    (): readonly Column<Member>[] => [
      { id: 'name', header: t('fields.name'), cell: (member) => <Who member={member} /> },
      { id: 'role', header: t('fields.role'), cell: (member) => <RoleChoice member={member} /> },
      {
        id: 'status',
        header: t('fields.status'),
        cell: ({ status }) => <StatusBadge status={status} />,
      },
      {
        id: 'since',
        header: t('members.since'),
        cell: ({ created_at: at }) => <time dateTime={at}>{format.date(at)}</time>,
      },
      {
        id: 'actions',
        header: t('fields.actions'),
        hiddenHeader: true,
        cell: (member) => <MemberMenu member={member} />,
      },
    ],
    [t, format],
  );
  return (
    <DataTable
      label={t('pages.members')}
      rows={members}
      idOf={idOf}
      columns={columns}
      onEnd={onEnd}
    />
  );
}

const idOf = ({ id }: Member): string => id;

function Who({ member: { user } }: { readonly member: Member }) {
  const { t } = useTranslation();
  const { data: self } = useQuery(me);
  return (
    <Stack gap={2}>
      <Group gap={6}>
        <Text fw={600}>{user.name}</Text>
        {self?.id === user.id && (
          <Badge size="sm" variant="light">
            {t('members.you')}
          </Badge>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {user.email}
      </Text>
    </Stack>
  );
}

function RoleChoice({ member }: { readonly member: Member }) {
  const { t } = useTranslation();
  const { role: own } = useOrganization();
  const change = useMemberChange();
  if (!mayChange(own, member.role)) return t(`roles.${member.role}`);
  return (
    <NativeSelect
      size="xs"
      w={130}
      aria-label={t('members.roleOf', { name: member.user.name })}
      value={member.role}
      data={grantableBy(own).map((value) => ({ value, label: t(`roles.${value}`) }))}
      onChange={(event) => {
        change({ member, role: event.currentTarget.value as Role });
      }}
    />
  );
}

function MemberMenu({ member }: { readonly member: Member }) {
  const { t } = useTranslation();
  const { role: own } = useOrganization();
  const { data: self } = useQuery(me);
  const dialog = useDialog();
  const change = useMemberChange();
  const isSelf = self?.id === member.user_id;
  const isActive = member.status === 'active';
  const mayTouch = mayChange(own, member.role);
  const actions = [
    ...(mayTouch && !isSelf
      ? [
          {
            label: t(isActive ? 'members.pause' : 'members.resume'),
            icon: isActive ? IconPlayerPause : IconPlayerPlay,
            onSelect: () => {
              change({ member, status: isActive ? 'paused' : 'active' });
            },
          },
        ]
      : []),
    ...(mayTouch || isSelf
      ? [
          {
            label: t(isSelf ? 'members.leave' : 'members.remove'),
            icon: IconUserMinus,
            isDangerous: true,
            onSelect: () => {
              dialog.open('remove', member.id);
            },
          },
        ]
      : []),
  ];
  return <RowMenu name={member.user.name} actions={actions} />;
}
