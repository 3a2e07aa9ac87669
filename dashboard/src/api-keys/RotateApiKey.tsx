import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { ApiKey } from '../api/types';
import { RotateCredential } from '../credentials/RotateCredential';
import { useOrganization } from '../organizations/use-organization';

interface RotateApiKeyProps {
  readonly apiKey: ApiKey;
  readonly onRotated: (plaintext: string) => void;
}

export function RotateApiKey({ apiKey: { id: keyID, name }, onRotated }: RotateApiKeyProps) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  return (
    <RotateCredential
      title={t('apiKeys.rotateTitle', { name })}
      about={t('apiKeys.rotateAbout')}
      action={t('apiKeys.rotate')}
      rotate={(body) =>
        answerOf(
          api.POST('/v1/organizations/{orgID}/api-keys/{keyID}/rotate', {
            params: { path: { orgID, keyID } },
            body,
          }),
        )
      }
      onRotated={(answer) => {
        onRotated(answer.plaintext_api_key);
      }}
    />
  );
}
