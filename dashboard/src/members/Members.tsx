import { Button } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { Member } from '../api/types';
import { Filters } from '../forms/Filters';
import { FilterSelect } from '../forms/FilterSelect';
import { SearchField } from '../forms/SearchField';
import { useDialog } from '../forms/use-dialog';
import { useFilterChange } from '../forms/use-filters';
import { useMay, useOrganization } from '../organizations/use-organization';
import { Empty } from '../states/ListStates';
import { PageHeader } from '../states/PageHeader';
import { ListBody } from '../tables/ListBody';
import { usePages } from '../tables/use-pages';
import { MemberTable } from './MemberTable';
import { RemoveMember } from './RemoveMember';
import type { Role } from './roles';
import { ROLES } from './roles';

const route = getRouteApi('/signed-in/orgs/$slug/members');
const STATUSES = ['active', 'paused'] as const;
const PAGE_SIZE = 100;
const membersOf = (answer: { readonly members: readonly Member[] }) => answer.members;

type Status = (typeof STATUSES)[number];

export function Members() {
  const { t } = useTranslation();
  const { id: orgID, slug } = useOrganization();
  const may = useMay();
  const navigate = useNavigate();
  const change = useFilterChange();
  const dialog = useDialog();
  const { q, role, status } = route.useSearch();
  const pages = usePages(
    [orgID, 'members', { q, role, status }],
    useCallback(
      (cursor) =>
        answerOf(
          api.GET('/v1/organizations/{orgID}/members', {
            params: {
              path: { orgID },
              query: {
                limit: PAGE_SIZE,
                ...(cursor !== undefined && { cursor }),
                ...(q !== undefined && { q }),
                ...(role !== undefined && { role: role as Role }),
                ...(status !== undefined && { status: status as Status }),
              },
            },
          }),
        ),
      [orgID, q, role, status],
    ),
    membersOf,
  );
  return (
    <>
      <PageHeader title={t('pages.members')} about={t('members.about')}>
        {may('invitations:write') && (
          <Button
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => {
              void navigate({
                to: '/orgs/$slug/invitations',
                params: { slug },
                search: { dialog: 'create' },
              });
            }}
          >
            {t('invitations.invite')}
          </Button>
        )}
      </PageHeader>
      <Filters>
        <SearchField
          label={t('members.search')}
          value={q}
          onChange={(text) => {
            change({ q: text });
          }}
        />
        <FilterSelect
          name="role"
          label={t('fields.role')}
          value={role}
          options={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
        />
        <FilterSelect
          name="status"
          label={t('fields.status')}
          value={status}
          options={STATUSES.map((value) => ({ value, label: t(`statuses.${value}`) }))}
        />
      </Filters>
      <ListBody
        orgID={orgID}
        list={pages}
        empty={
          <Empty icon={IconUsers} title={t('lists.nothingFound')}>
            {t('lists.otherFilters')}
          </Empty>
        }
      >
        {(rows, onEnd) => <MemberTable members={rows} onEnd={onEnd} />}
      </ListBody>
      {dialog.name === 'remove' && dialog.of !== undefined && <RemoveMember memberID={dialog.of} />}
    </>
  );
}
