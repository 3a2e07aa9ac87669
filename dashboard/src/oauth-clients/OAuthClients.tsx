import { IconApps } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { OAuthClient } from '../api/types';
import { CreateButton } from '../forms/CreateButton';
import { useIsAdmin, useMay, useOrganization } from '../organizations/use-organization';
import { Empty } from '../states/ListStates';
import { PageHeader } from '../states/PageHeader';
import { ListBody } from '../tables/ListBody';
import { usePages } from '../tables/use-pages';
import { fetchClients } from './client-queries';
import { ClientDialogs } from './ClientDialogs';
import { ClientTable } from './ClientTable';

const clientsOf = (answer: { readonly oauth_clients: readonly OAuthClient[] }) =>
  answer.oauth_clients;

export function OAuthClients() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const isAllowed = useIsAdmin();
  const may = useMay();
  const pages = usePages(
    [orgID, 'oauth-clients'],
    useCallback((cursor) => fetchClients(orgID, cursor), [orgID]),
    clientsOf,
    isAllowed,
  );
  const create = may('oauth_clients:write') && <CreateButton label={t('oauthClients.create')} />;
  return (
    <>
      <PageHeader title={t('pages.oauthClients')} about={t('oauthClients.about')}>
        {create}
      </PageHeader>
      <ListBody
        orgID={orgID}
        isAllowed={isAllowed}
        list={pages}
        empty={
          <Empty icon={IconApps} title={t('oauthClients.none')} action={create}>
            {t('oauthClients.noneAbout')}
          </Empty>
        }
      >
        {(rows, onEnd) => <ClientTable clients={rows} onEnd={onEnd} />}
      </ListBody>
      <ClientDialogs />
    </>
  );
}
