import { Button } from '@mantine/core';
import { IconApps, IconPlus } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { OAuthClient } from '../api/types';
import { useDialog } from '../forms/use-dialog';
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
  const dialog = useDialog();
  const pages = usePages(
    [orgID, 'oauth-clients'],
    useCallback((cursor) => fetchClients(orgID, cursor), [orgID]),
    clientsOf,
    isAllowed,
  );
  const create = may('oauth_clients:write') && (
    <Button
      leftSection={<IconPlus size={18} aria-hidden />}
      onClick={() => {
        dialog.open('create');
      }}
    >
      {t('oauthClients.create')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('pages.oauthClients')} about={t('oauthClients.about')}>
        {create}
      </PageHeader>
      <ListBody
        orgID={orgID}
        isAllowed={isAllowed}
        rows={pages.rows}
        error={pages.error}
        retry={pages.retry}
        empty={
          <Empty icon={IconApps} title={t('oauthClients.none')} action={create}>
            {t('oauthClients.noneAbout')}
          </Empty>
        }
      >
        {(rows) => (
          <ClientTable clients={rows} onEnd={pages.hasMore ? pages.loadMore : undefined} />
        )}
      </ListBody>
      <ClientDialogs />
    </>
  );
}
