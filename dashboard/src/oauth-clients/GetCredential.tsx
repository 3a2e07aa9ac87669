import { Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { IssuedSecret, OAuthClient } from '../api/types';
import { useIssuing } from '../credentials/use-issuing';
import type { Values } from '../forms/Form';
import { fieldError } from '../forms/Form';
import { FormDialog } from '../forms/FormDialog';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';

interface GetCredentialProps {
  readonly client: OAuthClient;
  readonly onIssued: (issued: IssuedSecret) => void;
}

/** Of a secret only a hash is kept, so a credential to take along is always one with a new secret. */
export function GetCredential({ client, onIssued }: GetCredentialProps) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const add = useIssuing(
    ({ label = '' }: Values) =>
      answerOf(
        api.POST('/v1/organizations/{orgID}/oauth-clients/{clientID}/secrets', {
          params: { path: { orgID, clientID: client.client_id } },
          body: label === '' ? {} : { label },
        }),
      ),
    onIssued,
  );
  return (
    <FormDialog
      title={t('oauthClients.getCredential')}
      action={t('oauthClients.addSecret')}
      sending={add}
      onClose={dialog.close}
    >
      <Text size="sm">{t('oauthClients.getCredentialAbout', { name: client.name })}</Text>
      <TextInput
        name="label"
        label={t('oauthClients.label')}
        description={t('oauthClients.labelAbout')}
        error={fieldError(add.error, 'label')}
        maxLength={100}
        autoComplete="off"
        data-autofocus
      />
    </FormDialog>
  );
}
