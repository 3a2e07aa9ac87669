import { Button } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { IconFileImport, IconMailPlus } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { Invitation } from '../api/types';
import { CreateButton } from '../forms/CreateButton';
import { Filters } from '../forms/Filters';
import { FilterSelect } from '../forms/FilterSelect';
import { useDialog } from '../forms/use-dialog';
import { useIsAdmin, useMay, useOrganization } from '../organizations/use-organization';
import { Empty } from '../states/ListStates';
import { PageHeader } from '../states/PageHeader';
import { ListBody } from '../tables/ListBody';
import { usePages } from '../tables/use-pages';
import { InvitationTable } from './InvitationTable';
import { InviteMany } from './InviteMany';
import { InviteOne } from './InviteOne';

const route = getRouteApi('/signed-in/orgs/$slug/invitations');
const STATUSES = ['pending', 'accepted', 'declined', 'revoked', 'expired'] as const;
const PAGE_SIZE = 100;
const invitationsOf = (answer: { readonly invitations: readonly Invitation[] }) =>
  answer.invitations;

export function Invitations() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const isAllowed = useIsAdmin();
  const may = useMay();
  const dialog = useDialog();
  const { status } = route.useSearch();
  const pages = usePages(
    [orgID, 'invitations', { status }],
    useCallback(
      (cursor) =>
        answerOf(
          api.GET('/v1/organizations/{orgID}/invitations', {
            params: {
              path: { orgID },
              query: {
                limit: PAGE_SIZE,
                ...(cursor !== undefined && { cursor }),
                ...(status !== undefined && { status: status as Invitation['status'] }),
              },
            },
          }),
        ),
      [orgID, status],
    ),
    invitationsOf,
    isAllowed,
  );
  const mayInvite = may('invitations:write');
  const invite = mayInvite && <CreateButton label={t('invitations.invite')} />;
  return (
    <>
      <PageHeader title={t('pages.invitations')} about={t('invitations.about')}>
        {mayInvite && (
          <Button
            variant="default"
            leftSection={<IconFileImport size={18} aria-hidden />}
            onClick={() => {
              dialog.open('many');
            }}
          >
            {t('invitations.many')}
          </Button>
        )}
        {invite}
      </PageHeader>
      <Filters>
        <FilterSelect
          name="status"
          label={t('fields.status')}
          value={status}
          options={STATUSES.map((value) => ({ value, label: t(`statuses.${value}`) }))}
        />
      </Filters>
      <ListBody
        orgID={orgID}
        isAllowed={isAllowed}
        list={pages}
        empty={
          <Empty
            icon={IconMailPlus}
            title={t(status === undefined ? 'invitations.none' : 'lists.nothingFound')}
            action={status === undefined && invite}
          >
            {t(status === undefined ? 'invitations.noneAbout' : 'lists.otherFilters')}
          </Empty>
        }
      >
        {(rows, onEnd) => <InvitationTable invitations={rows} onEnd={onEnd} />}
      </ListBody>
      {dialog.name === 'create' && <InviteOne />}
      {dialog.name === 'many' && <InviteMany />}
    </>
  );
}
