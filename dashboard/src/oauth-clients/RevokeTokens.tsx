import { Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { OAuthClient } from '../api/types';
import { Confirmation } from '../forms/Confirmation';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';

export function RevokeTokens({ client }: { readonly client: OAuthClient }) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const announce = useAnnounce();
  const { client_id: clientID, name } = client;
  const revoke = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/organizations/{orgID}/oauth-clients/{clientID}/revoke-tokens', {
          params: { path: { orgID, clientID } },
        }),
      ),
    onSuccess: () => {
      dialog.close();
      announce(t('oauthClients.tokensRevoked', { name }));
    },
  });
  return (
    <Confirmation
      title={t('oauthClients.revokeTokensTitle', { name })}
      action={t('oauthClients.revokeTokens')}
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={revoke.mutate}
      onClose={dialog.close}
    >
      <Text size="sm">{t('oauthClients.revokeTokensAbout')}</Text>
    </Confirmation>
  );
}
