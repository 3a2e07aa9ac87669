import { Button, Code, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { IconListSearch, IconShieldCheck } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import actions from '../../../dist/api/audit-actions.json';
import { answerOf, api } from '../api/client';
import { people } from '../api/organization-queries';
import type { AuditEvent } from '../api/types';
import { Filters } from '../forms/Filters';
import { FilterSelect } from '../forms/FilterSelect';
import { useFilterChange } from '../forms/use-filters';
import { useIsAdmin, useOrganization } from '../organizations/use-organization';
import { usePersonName } from '../organizations/use-person-name';
import { useAnnounce } from '../states/announcements';
import { Complaint } from '../states/Complaint';
import { Empty } from '../states/ListStates';
import { PageHeader } from '../states/PageHeader';
import { useReport } from '../states/reports';
import type { Column } from '../tables/DataTable';
import { DataTable } from '../tables/DataTable';
import { ListBody } from '../tables/ListBody';
import { usePages } from '../tables/use-pages';
import { useFormat } from '../words/use-format';
import { fetchEvents } from './audit-queries';
import { Exports } from './Exports';

const route = getRouteApi('/signed-in/orgs/$slug/audit');
const eventsOf = (answer: { readonly audit_events: readonly AuditEvent[] }) => answer.audit_events;
const idOf = ({ id }: AuditEvent): string => id;

export function Audit() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const isAllowed = useIsAdmin();
  const change = useFilterChange();
  const filters = route.useSearch();
  const columns = useEventColumns();
  const { data: members = [] } = useQuery(people(orgID));
  const pages = usePages(
    [orgID, 'audit', filters],
    useCallback((cursor) => fetchEvents(orgID, filters, cursor), [orgID, filters]),
    eventsOf,
    isAllowed,
  );
  return (
    <>
      <PageHeader title={t('pages.audit')} about={t('audit.about')}>
        {isAllowed && <CheckChain />}
        {isAllowed && <Exports filters={filters} />}
      </PageHeader>
      <Filters>
        <FilterSelect
          name="action"
          label={t('audit.action')}
          value={filters.action}
          options={actions.map((value) => ({ value, label: value }))}
        />
        <FilterSelect
          name="actor"
          label={t('audit.actor')}
          value={filters.actor}
          options={members.map(({ user_id: id, user }) => ({ value: id, label: user.name }))}
        />
        <TextInput
          type="date"
          label={t('audit.until')}
          defaultValue={filters.until}
          onChange={(event) => {
            change({ until: event.currentTarget.value });
          }}
        />
      </Filters>
      <ListBody
        orgID={orgID}
        isAllowed={isAllowed}
        list={pages}
        empty={
          <Empty icon={IconListSearch} title={t('lists.nothingFound')}>
            {t('audit.noneAbout')}
          </Empty>
        }
      >
        {(rows, onEnd) => (
          <DataTable
            label={t('pages.audit')}
            rows={rows}
            idOf={idOf}
            columns={columns}
            onEnd={onEnd}
          />
        )}
      </ListBody>
    </>
  );
}

function useEventColumns(): readonly Column<AuditEvent>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const personName = usePersonName();
  return useMemo(
    () => [
      {
        id: 'when',
        header: t('audit.when'),
        cell: ({ created_at: at }) => <time dateTime={at}>{format.dateTime(at)}</time>,
      },
      {
        id: 'action',
        header: t('audit.action'),
        cell: (event) => <Details event={event} />,
      },
      {
        id: 'actor',
        header: t('audit.actor'),
        cell: ({ actor_kind: kind, actor_id: id }) => (
          <Stack gap={0}>
            <Text size="sm">{personName(id) ?? t(`audit.actors.${kind}`)}</Text>
            <Text size="xs" c="dimmed" className="mono">
              {id}
            </Text>
          </Stack>
        ),
      },
      {
        id: 'target',
        header: t('audit.target'),
        cell: ({ target_id: id }) => <span className="mono small">{id ?? '–'}</span>,
      },
      {
        id: 'ip',
        header: t('audit.address'),
        cell: ({ ip }) => <span className="mono address">{ip ?? '–'}</span>,
      },
    ],
    [t, format, personName],
  );
}

/** An event by its name; opened, what was before and after. */
function Details({ event }: { readonly event: AuditEvent }) {
  const { t } = useTranslation();
  return (
    <details className="event">
      <summary>{event.action}</summary>
      <Code block tabIndex={0} aria-label={t('audit.details', { action: event.action })}>
        {JSON.stringify(event.metadata, null, 2)}
      </Code>
      <Text size="xs" c="dimmed">
        {event.id} · {t('states.requestId')} {event.request_id ?? '–'}
      </Text>
    </details>
  );
}

/** Asks the server to look its chain of hashes through. */
function CheckChain() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const announce = useAnnounce();
  const report = useReport();
  const check = useMutation({
    mutationFn: () =>
      answerOf(
        api.GET('/v1/organizations/{orgID}/audit-events/verify', { params: { path: { orgID } } }),
      ),
    onError: report,
    onSuccess: ({ valid, checked }) => {
      if (valid) announce(t('audit.intact', { count: checked }));
    },
  });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={18} aria-hidden />}
        loading={check.isPending}
        onClick={() => {
          check.mutate();
        }}
      >
        {t('audit.check')}
      </Button>
      {check.data?.valid === false && (
        <Complaint
          error={new Error(t('audit.broken', { id: check.data.first_broken_event_id ?? '' }))}
        />
      )}
    </>
  );
}
