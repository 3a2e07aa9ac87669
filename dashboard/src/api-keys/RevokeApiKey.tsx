import { Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { ApiKey } from '../api/types';
import { Confirmation } from '../forms/Confirmation';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';
import { useFormat } from '../words/use-format';
import { fetchKeyUsage } from './api-key-queries';
import { USAGE_DAYS, validUses } from './key-uses';

/** Revoking can't be taken back, so it says beforehand who may still be using the key. */
export function RevokeApiKey({ apiKey: { id: keyID, name } }: { readonly apiKey: ApiKey }) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const revoke = useMutation({
    mutationFn: () =>
      answerOf(
        api.DELETE('/v1/organizations/{orgID}/api-keys/{keyID}', {
          params: { path: { orgID, keyID } },
        }),
      ),
    onSuccess: async () => {
      dialog.close();
      announce(t('apiKeys.revoked', { name }));
      await queries.invalidateQueries({ queryKey: [orgID] });
    },
  });
  return (
    <Confirmation
      title={t('apiKeys.revokeTitle', { name })}
      action={t('apiKeys.revoke')}
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={revoke.mutate}
      onClose={dialog.close}
    >
      <Text size="sm">{t('apiKeys.revokeAbout')}</Text>
      <LastUse orgID={orgID} keyID={keyID} />
    </Confirmation>
  );
}

function LastUse({ orgID, keyID }: { readonly orgID: string; readonly keyID: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: usage } = useQuery({
    queryKey: [orgID, 'api-key', keyID, 'usage', USAGE_DAYS],
    queryFn: () => fetchKeyUsage(orgID, keyID, USAGE_DAYS),
  });
  if (!usage) return <Text size="sm">{t('states.loading')}</Text>;
  if (usage.last_used_at === null) return <Text size="sm">{t('apiKeys.neverUsedSoFar')}</Text>;
  return (
    <Text size="sm" fw={600}>
      {t('apiKeys.lastUse', {
        when: format.relative(usage.last_used_at),
        from: usage.last_used_ip ?? '?',
      })}{' '}
      {t('apiKeys.usesIn30Days', { count: validUses(usage.days) })}
    </Text>
  );
}
