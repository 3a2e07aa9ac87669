import { useTranslation } from 'react-i18next';
import type { IssuedSecret } from '../api/types';
import { SecretDialog } from '../secrets/SecretDialog';
import { TokenRequest } from '../secrets/TokenRequest';

interface BasicCredentialDialogProps {
  readonly title: string;
  readonly issued: IssuedSecret;
  readonly onClose: () => void;
}

/** Client id, secret, and both as the credential of `Authorization: Basic`, with how it is used. */
export function BasicCredentialDialog({ title, issued, onClose }: BasicCredentialDialogProps) {
  const { t } = useTranslation();
  const basic = issued.basic_credential ?? '';
  return (
    <SecretDialog
      title={title}
      values={[
        {
          label: t('secrets.clientId'),
          value: issued.oauth_client.client_id,
          variable: 'KEYCAP_CLIENT_ID',
        },
        {
          label: t('secrets.clientSecret'),
          value: issued.client_secret ?? '',
          variable: 'KEYCAP_CLIENT_SECRET',
        },
        { label: t('secrets.basic'), value: basic, variable: 'KEYCAP_BASIC_CREDENTIAL' },
      ]}
      onClose={onClose}
    >
      <TokenRequest basicCredential={basic} />
    </SecretDialog>
  );
}
