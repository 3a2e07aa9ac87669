import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { IssuedSecret, OAuthClient } from '../api/types';
import { RotateCredential } from '../credentials/RotateCredential';
import { useOrganization } from '../organizations/use-organization';

interface RotateSecretProps {
  readonly client: OAuthClient;
  readonly onIssued: (issued: IssuedSecret) => void;
}

export function RotateSecret({ client, onIssued }: RotateSecretProps) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const { client_id: clientID, name } = client;
  return (
    <RotateCredential
      title={t('oauthClients.rotateTitle', { name })}
      about={t('oauthClients.rotateAbout')}
      action={t('oauthClients.rotate')}
      rotate={(body) =>
        answerOf(
          api.POST('/v1/organizations/{orgID}/oauth-clients/{clientID}/rotate-secret', {
            params: { path: { orgID, clientID } },
            body,
          }),
        )
      }
      onRotated={onIssued}
    />
  );
}
