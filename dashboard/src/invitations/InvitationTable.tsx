import { Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconMailForward, IconTrash } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { Invitation } from '../api/types';
import { Confirmation } from '../forms/Confirmation';
import { useMay, useOrganization } from '../organizations/use-organization';
import { usePersonName } from '../organizations/use-person-name';
import { useAnnounce } from '../states/announcements';
import { Moment } from '../states/Moment';
import { StatusBadge } from '../states/StatusBadge';
import type { Column } from '../tables/DataTable';
import { Dash } from '../tables/Dash';
import { DataTable } from '../tables/DataTable';
import { RowMenu } from '../tables/RowMenu';

interface InvitationTableProps {
  readonly invitations: readonly Invitation[];
  readonly onEnd: (() => void) | undefined;
  readonly onResend: (invitation: Invitation) => void;
}

export function InvitationTable({ invitations, onEnd, onResend }: InvitationTableProps) {
  const { t } = useTranslation();
  const personName = usePersonName();
  const columns = useMemo(
    (): readonly Column<Invitation>[] => [
      {
        id: 'email',
        header: t('signIn.email'),
        cell: ({ email }) => <Text fw={600}>{email}</Text>,
      },
      { id: 'role', header: t('fields.role'), cell: ({ role }) => t(`roles.${role}`) },
      {
        id: 'status',
        header: t('fields.status'),
        cell: ({ status }) => <StatusBadge status={status} />,
      },
      {
        id: 'by',
        header: t('invitations.by'),
        cell: ({ invited_by_user_id: id }) => personName(id) ?? <Dash />,
      },
      {
        id: 'expires',
        header: t('fields.expires'),
        cell: ({ expires_at: at }) => <Moment at={at} never="" />,
      },
      {
        id: 'actions',
        header: t('fields.actions'),
        hiddenHeader: true,
        cell: (invitation) => <InvitationMenu invitation={invitation} onResend={onResend} />,
      },
    ],
    [t, personName, onResend],
  );
  return (
    <DataTable
      label={t('pages.invitations')}
      rows={invitations}
      idOf={idOf}
      columns={columns}
      onEnd={onEnd}
    />
  );
}

const idOf = ({ id }: Invitation): string => id;

interface InvitationMenuProps extends Pick<InvitationTableProps, 'onResend'> {
  readonly invitation: Invitation;
}

function InvitationMenu({ invitation, onResend }: InvitationMenuProps) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const may = useMay();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [isAsking, setIsAsking] = useState(false);
  const { id: invitationID, email, status } = invitation;
  const params = { path: { orgID, invitationID } };
  const revoke = useMutation({
    mutationFn: () =>
      answerOf(api.DELETE('/v1/organizations/{orgID}/invitations/{invitationID}', { params })),
    onSuccess: async () => {
      setIsAsking(false);
      announce(t('invitations.revoked', { email }));
      await queries.invalidateQueries({ queryKey: [orgID, 'invitations'] });
    },
  });
  if (!may('invitations:write') || (status !== 'pending' && status !== 'expired')) return null;
  return (
    <>
      <RowMenu
        name={email}
        actions={[
          {
            label: t('invitations.resend'),
            icon: IconMailForward,
            onSelect: () => {
              onResend(invitation);
            },
          },
          {
            label: t('apiKeys.revoke'),
            icon: IconTrash,
            isDangerous: true,
            onSelect: () => {
              setIsAsking(true);
            },
          },
        ]}
      />
      {isAsking && (
        <Confirmation
          title={t('invitations.revokeTitle', { email })}
          action={t('apiKeys.revoke')}
          isBusy={revoke.isPending}
          error={revoke.error}
          onConfirm={revoke.mutate}
          onClose={() => {
            setIsAsking(false);
          }}
        >
          <Text size="sm">{t('invitations.revokeAbout')}</Text>
        </Confirmation>
      )}
    </>
  );
}
