import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { SecretDialog } from '../secrets/SecretDialog';
import { TestRequest } from '../secrets/TestRequest';
import { fetchKey } from './api-key-queries';
import { CreateApiKey } from './CreateApiKey';
import { KeyDetails } from './KeyDetails';
import { RevokeApiKey } from './RevokeApiKey';
import { RotateApiKey } from './RotateApiKey';

/** The dialogs of the page: which one is open is in the address, a new secret is not. */
export function ApiKeyDialogs() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const [secret, setSecret] = useState<string | null>(null);
  const { data: apiKey } = useQuery({
    queryKey: [orgID, 'api-key', dialog.of],
    queryFn: () => fetchKey(orgID, dialog.of ?? ''),
    enabled: dialog.of !== undefined,
  });
  const showSecret = (plaintext: string): void => {
    dialog.close();
    setSecret(plaintext);
  };
  if (secret !== null) {
    return (
      <SecretDialog
        title={t('apiKeys.created')}
        values={[{ label: t('secrets.apiKey'), value: secret, variable: 'KEYCAP_API_KEY' }]}
        onClose={() => {
          setSecret(null);
        }}
      >
        <TestRequest call={{ method: 'GET', path: '/v1/me', headers: { 'X-API-Key': secret } }} />
      </SecretDialog>
    );
  }
  if (dialog.name === 'create') return <CreateApiKey onCreated={showSecret} />;
  if (!apiKey) return null;
  switch (dialog.name) {
    case 'rotate':
      return <RotateApiKey apiKey={apiKey} onRotated={showSecret} />;
    case 'revoke':
      return <RevokeApiKey apiKey={apiKey} />;
    case 'details':
      return <KeyDetails apiKey={apiKey} />;
    default:
      return null;
  }
}
