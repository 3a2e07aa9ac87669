import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { ApiKey } from '../api/types';
import { Dialog, DialogButtons } from '../forms/Dialog';
import type { Values } from '../forms/Form';
import { Form } from '../forms/Form';
import { OverlapField } from '../forms/OverlapField';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';

interface RotateApiKeyProps {
  readonly apiKey: ApiKey;
  readonly onRotated: (plaintext: string) => void;
}

export function RotateApiKey({ apiKey: { id: keyID, name }, onRotated }: RotateApiKeyProps) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const queries = useQueryClient();
  const rotate = useMutation({
    mutationFn: ({ overlap = '' }: Values) =>
      answerOf(
        api.POST('/v1/organizations/{orgID}/api-keys/{keyID}/rotate', {
          params: { path: { orgID, keyID } },
          body: { overlap_seconds: Number(overlap) },
        }),
      ),
    onSuccess: async (answer) => {
      onRotated(answer.plaintext_api_key);
      await queries.invalidateQueries({ queryKey: [orgID] });
    },
  });
  return (
    <Dialog title={t('apiKeys.rotateTitle', { name })} opened onClose={dialog.close}>
      <Form onSubmit={rotate.mutate} error={rotate.error}>
        <Text size="sm">{t('apiKeys.rotateAbout')}</Text>
        <OverlapField />
        <DialogButtons>
          <Button variant="default" onClick={dialog.close}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={rotate.isPending}>
            {t('apiKeys.rotate')}
          </Button>
        </DialogButtons>
      </Form>
    </Dialog>
  );
}
