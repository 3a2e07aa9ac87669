import { Button } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { IconFileImport, IconMailPlus } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { Invitation } from '../api/types';
import { useIssuing } from '../credentials/use-issuing';
import { CreateButton } from '../forms/CreateButton';
import { Filters } from '../forms/Filters';
import { FilterSelect } from '../forms/FilterSelect';
import { useDialog } from '../forms/use-dialog';
import { useIsAdmin, useMay, useOrganization } from '../organizations/use-organization';
import { Empty } from '../states/ListStates';
import { PageHeader } from '../states/PageHeader';
import { useReport } from '../states/reports';
import { ListBody } from '../tables/ListBody';
import { usePages } from '../tables/use-pages';
import { InvitationLink } from './InvitationLink';
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
  const { resend, resent, forget } = useResending();
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
        {(rows, onEnd) => <InvitationTable invitations={rows} onEnd={onEnd} onResend={resend} />}
      </ListBody>
      {resent && (
        <InvitationLink email={resent.invitation.email} url={resent.accept_url} onClose={forget} />
      )}
      {dialog.name === 'create' && <InviteOne />}
      {dialog.name === 'many' && <InviteMany />}
    </>
  );
}

/** Makes new links. It is no business of the row, which may be gone from the list by then. */
function useResending() {
  const { id: orgID } = useOrganization();
  const report = useReport();
  const {
    mutate,
    data: resent,
    reset: forget,
  } = useIssuing(({ id: invitationID }: Invitation) =>
    answerOf(
      api.POST('/v1/organizations/{orgID}/invitations/{invitationID}/resend', {
        params: { path: { orgID, invitationID } },
        body: {},
      }),
    ),
  );
  const resend = useCallback(
    (invitation: Invitation) => {
      mutate(invitation, { onError: report });
    },
    [mutate, report],
  );
  return { resend, resent, forget };
}
