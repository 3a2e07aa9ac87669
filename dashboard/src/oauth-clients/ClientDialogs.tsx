import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IssuedSecret } from '../api/types';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { fetchClient } from './client-queries';
import { BasicCredentialDialog } from './BasicCredentialDialog';
import { ClientSecrets } from './ClientSecrets';
import { CreateClient } from './CreateClient';
import { DeleteClient } from './DeleteClient';
import { GetCredential } from './GetCredential';
import { RevokeTokens } from './RevokeTokens';
import { RotateSecret } from './RotateSecret';

/** The dialogs of the page: which one is open is in the address, a new secret is not. */
export function ClientDialogs() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const [issued, setIssued] = useState<IssuedSecret | null>(null);
  const { data: client } = useQuery({
    queryKey: [orgID, 'oauth-client', dialog.of],
    queryFn: () => fetchClient(orgID, dialog.of ?? ''),
    enabled: dialog.of !== undefined,
  });
  const show = (answer: IssuedSecret): void => {
    dialog.close();
    setIssued(answer);
  };
  if (issued) {
    return (
      <BasicCredentialDialog
        title={t('oauthClients.credentialOf', { name: issued.oauth_client.name })}
        issued={issued}
        onClose={() => {
          setIssued(null);
        }}
      />
    );
  }
  if (dialog.name === 'create') return <CreateClient onCreated={show} />;
  if (!client) return null;
  switch (dialog.name) {
    case 'credential':
      return <GetCredential client={client} onIssued={show} />;
    case 'rotate':
      return <RotateSecret client={client} onIssued={show} />;
    case 'secrets':
      return <ClientSecrets client={client} />;
    case 'revoke-tokens':
      return <RevokeTokens client={client} />;
    case 'delete':
      return <DeleteClient client={client} />;
    default:
      return null;
  }
}
