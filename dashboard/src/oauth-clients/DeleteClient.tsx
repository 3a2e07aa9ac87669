import { Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { OAuthClient } from '../api/types';
import { Confirmation } from '../forms/Confirmation';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';
import { useFormat } from '../words/use-format';

export function DeleteClient({ client }: { readonly client: OAuthClient }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { client_id: clientID, name, last_used_at: lastUsed } = client;
  const remove = useMutation({
    mutationFn: () =>
      answerOf(
        api.DELETE('/v1/organizations/{orgID}/oauth-clients/{clientID}', {
          params: { path: { orgID, clientID } },
        }),
      ),
    onSuccess: async () => {
      dialog.close();
      announce(t('oauthClients.deleted', { name }));
      await queries.invalidateQueries({ queryKey: [orgID, 'oauth-clients'] });
    },
  });
  return (
    <Confirmation
      title={t('oauthClients.deleteTitle', { name })}
      action={t('oauthClients.delete')}
      typed={name}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={remove.mutate}
      onClose={dialog.close}
    >
      <Text size="sm">{t('oauthClients.deleteAbout')}</Text>
      <Text size="sm" fw={600}>
        {lastUsed === null
          ? t('oauthClients.neverUsed')
          : t('oauthClients.lastUse', { when: format.relative(lastUsed) })}
      </Text>
    </Confirmation>
  );
}
