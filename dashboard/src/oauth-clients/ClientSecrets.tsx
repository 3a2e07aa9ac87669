import { Badge, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { ClientSecret, OAuthClient } from '../api/types';
import { Confirmation } from '../forms/Confirmation';
import { Dialog } from '../forms/Dialog';
import { useDialog } from '../forms/use-dialog';
import { useMay, useOrganization } from '../organizations/use-organization';
import { CopyField } from '../secrets/CopyField';
import { useAnnounce } from '../states/announcements';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';
import { Moment } from '../states/Moment';
import { useFormat } from '../words/use-format';
import { fetchSecrets } from './client-queries';

/** The live secrets of a client, by label and hint, with where each was used last. */
export function ClientSecrets({ client }: { readonly client: OAuthClient }) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const may = useMay();
  const { client_id: clientID, token_endpoint_auth_method: method } = client;
  const { data: secrets, error } = useQuery({
    queryKey: [orgID, 'oauth-client', clientID, 'secrets'],
    queryFn: () => fetchSecrets(orgID, clientID),
  });
  return (
    <Dialog title={client.name} opened onClose={dialog.close} size="xl">
      <Stack gap="md">
        <CopyField label={t('secrets.clientId')} value={clientID} />
        <Text size="sm" c="dimmed">
          {t(method === 'private_key_jwt' ? 'oauthClients.noSecrets' : 'oauthClients.secretsAbout')}
        </Text>
        {error && <Complaint error={error} />}
        {!secrets && !error && <LoadingRows rows={2} />}
        {secrets?.map((secret) => (
          <Secret key={secret.id} clientID={clientID} secret={secret} />
        ))}
        {may('oauth_clients:write') && method !== 'private_key_jwt' && (
          <Group>
            <Button
              variant="light"
              onClick={() => {
                dialog.open('credential', clientID);
              }}
            >
              {t('oauthClients.getCredential')}
            </Button>
            <Button
              variant="default"
              onClick={() => {
                dialog.open('rotate', clientID);
              }}
            >
              {t('oauthClients.rotate')}
            </Button>
          </Group>
        )}
      </Stack>
    </Dialog>
  );
}

interface SecretProps {
  readonly clientID: string;
  readonly secret: ClientSecret;
}

function Secret({ clientID, secret }: SecretProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="sm">
        <div>
          <Group gap="xs">
            <Text fw={600}>{secret.label ?? t('oauthClients.unlabelled')}</Text>
            <Text size="sm" c="dimmed" className="mono">
              …{secret.hint}
            </Text>
            {secret.safe_to_delete && (
              <Badge variant="light" color="orange">
                {t('oauthClients.safeToDelete')}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {t('oauthClients.made', { when: format.date(secret.created_at) })}
            {' · '}
            {t('fields.lastUsed')}:{' '}
            <Moment at={secret.last_used_at} never={t('fields.neverUsed')} />
            {secret.last_used_ip !== null && ` (${secret.last_used_ip})`}
            {secret.expires_at !== null &&
              ` · ${t('oauthClients.ends', { when: format.dateTime(secret.expires_at) })}`}
          </Text>
        </div>
        {may('oauth_clients:write') && (
          <Button
            size="compact-sm"
            color="red"
            variant="light"
            onClick={() => {
              setIsAsking(true);
            }}
          >
            {t('apiKeys.revoke')}
          </Button>
        )}
      </Group>
      {isAsking && (
        <RevokeSecret
          clientID={clientID}
          secret={secret}
          onClose={() => {
            setIsAsking(false);
          }}
        />
      )}
    </Paper>
  );
}

function RevokeSecret({ clientID, secret, onClose }: SecretProps & { onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { id: orgID } = useOrganization();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const revoke = useMutation({
    mutationFn: () =>
      answerOf(
        api.DELETE('/v1/organizations/{orgID}/oauth-clients/{clientID}/secrets/{secretID}', {
          params: { path: { orgID, clientID, secretID: secret.id } },
        }),
      ),
    onSuccess: async () => {
      onClose();
      announce(t('oauthClients.secretRevoked'));
      await queries.invalidateQueries({ queryKey: [orgID, 'oauth-client', clientID] });
    },
  });
  return (
    <Confirmation
      title={t('oauthClients.revokeSecretTitle', { hint: secret.hint })}
      action={t('apiKeys.revoke')}
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={revoke.mutate}
      onClose={onClose}
    >
      <Text size="sm">{t('oauthClients.revokeSecretAbout')}</Text>
      <Text size="sm" fw={600}>
        {secret.last_used_at === null
          ? t('oauthClients.neverUsed')
          : t('apiKeys.lastUse', {
              when: format.relative(secret.last_used_at),
              from: secret.last_used_ip ?? '?',
            })}
      </Text>
    </Confirmation>
  );
}
