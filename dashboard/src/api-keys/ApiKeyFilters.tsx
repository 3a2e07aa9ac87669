import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { people, projects, rights } from '../api/organization-queries';
import { Filters } from '../forms/Filters';
import { FilterSelect } from '../forms/FilterSelect';
import { SearchField } from '../forms/SearchField';
import { useFilterChange } from '../forms/use-filters';
import { useOrganization } from '../organizations/use-organization';
import type { KeyFilters } from './api-key-queries';
import { KEY_STATUSES } from './key-status';

const UNUSED_DAYS = '90';

export function ApiKeyFilters({ filters }: { readonly filters: KeyFilters }) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const change = useFilterChange();
  const { data: ofOrganization = [] } = useQuery(projects(orgID));
  const { data: members = [] } = useQuery(people(orgID));
  const { data: principal } = useQuery(rights(orgID));
  const choices = [
    {
      name: 'status',
      label: t('apiKeys.filters.status'),
      options: KEY_STATUSES.map((value) => ({ value, label: t(`statuses.${value}`) })),
    },
    {
      name: 'scope',
      label: t('apiKeys.filters.scope'),
      options: (principal?.scopes ?? []).map((scope) => ({ value: scope, label: scope })),
    },
    {
      name: 'project',
      label: t('apiKeys.filters.project'),
      options: ofOrganization.map(({ id, name }) => ({ value: id, label: name })),
    },
    {
      name: 'creator',
      label: t('apiKeys.filters.creator'),
      options: members.map(({ user_id: id, user }) => ({ value: id, label: user.name })),
    },
    {
      name: 'unused',
      label: t('apiKeys.filters.use'),
      options: [{ value: UNUSED_DAYS, label: t('apiKeys.filters.unused') }],
    },
  ] as const;
  return (
    <Filters>
      <SearchField
        label={t('apiKeys.filters.search')}
        value={filters.q}
        onChange={(q) => {
          change({ q });
        }}
      />
      {choices.map(({ name, label, options }) => (
        <FilterSelect
          key={name}
          name={name}
          label={label}
          value={filters[name]}
          options={options}
        />
      ))}
    </Filters>
  );
}
