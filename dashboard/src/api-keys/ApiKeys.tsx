import { getRouteApi } from '@tanstack/react-router';
import { IconKey } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ListedApiKey } from '../api/types';
import { CreateButton } from '../forms/CreateButton';
import { useMay, useOrganization } from '../organizations/use-organization';
import { Empty } from '../states/ListStates';
import { PageHeader } from '../states/PageHeader';
import { ListBody } from '../tables/ListBody';
import { usePages } from '../tables/use-pages';
import { fetchKeys } from './api-key-queries';
import { ApiKeyDialogs } from './ApiKeyDialogs';
import { ApiKeyFilters } from './ApiKeyFilters';
import { ApiKeyTable } from './ApiKeyTable';
import { ExportKeys } from './ExportKeys';
import { RevokeSelected } from './RevokeSelected';

const route = getRouteApi('/signed-in/orgs/$slug/api-keys');
const keysOf = (answer: { readonly api_keys: readonly ListedApiKey[] }) => answer.api_keys;
const NONE: ReadonlySet<string> = new Set();

export function ApiKeys() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const may = useMay();
  const { dialog: _name, of: _of, ...filters } = route.useSearch();
  const [selected, setSelected] = useState(NONE);
  const pages = usePages(
    [orgID, 'api-keys', filters],
    useCallback((cursor) => fetchKeys(orgID, filters, cursor), [orgID, filters]),
    keysOf,
  );
  const create = may('api_keys:write') && <CreateButton label={t('apiKeys.create')} />;
  const isFiltered = Object.keys(filters).some((name) => name !== 'sort');
  return (
    <>
      <PageHeader title={t('pages.apiKeys')} about={t('apiKeys.about')}>
        <ExportKeys filters={filters} />
        {create}
      </PageHeader>
      <ApiKeyFilters filters={filters} />
      <RevokeSelected
        keys={pages.rows?.filter(({ id }) => selected.has(id)) ?? []}
        onDone={() => {
          setSelected(NONE);
        }}
      />
      <ListBody
        orgID={orgID}
        list={pages}
        empty={
          <Empty
            icon={IconKey}
            title={t(isFiltered ? 'lists.nothingFound' : 'apiKeys.none')}
            action={!isFiltered && create}
          >
            {t(isFiltered ? 'lists.otherFilters' : 'apiKeys.noneAbout')}
          </Empty>
        }
      >
        {(rows, onEnd) => (
          <ApiKeyTable
            keys={rows}
            sort={filters.sort ?? '-created_at'}
            selected={selected}
            onSelect={setSelected}
            onEnd={onEnd}
          />
        )}
      </ListBody>
      <ApiKeyDialogs />
    </>
  );
}
