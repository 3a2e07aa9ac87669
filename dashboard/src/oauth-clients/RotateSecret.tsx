import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { IssuedSecret, OAuthClient } from '../api/types';
import { Dialog, DialogButtons } from '../forms/Dialog';
import type { Values } from '../forms/Form';
import { Form } from '../forms/Form';
import { OverlapField } from '../forms/OverlapField';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';

interface RotateSecretProps {
  readonly client: OAuthClient;
  readonly onIssued: (issued: IssuedSecret) => void;
}

export function RotateSecret({
  client: { client_id: clientID, name },
  onIssued,
}: RotateSecretProps) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const queries = useQueryClient();
  const rotate = useMutation({
    mutationFn: ({ overlap = '' }: Values) =>
      answerOf(
        api.POST('/v1/organizations/{orgID}/oauth-clients/{clientID}/rotate-secret', {
          params: { path: { orgID, clientID } },
          body: { overlap_seconds: Number(overlap) },
        }),
      ),
    onSuccess: async (issued) => {
      onIssued(issued);
      await queries.invalidateQueries({ queryKey: [orgID] });
    },
  });
  return (
    <Dialog title={t('oauthClients.rotateTitle', { name })} opened onClose={dialog.close}>
      <Form onSubmit={rotate.mutate} error={rotate.error}>
        <Text size="sm">{t('oauthClients.rotateAbout')}</Text>
        <OverlapField />
        <DialogButtons>
          <Button variant="default" onClick={dialog.close}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={rotate.isPending}>
            {t('oauthClients.rotate')}
          </Button>
        </DialogButtons>
      </Form>
    </Dialog>
  );
}
