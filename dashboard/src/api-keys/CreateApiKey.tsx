import { NativeSelect, NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { NewCredential } from '../credentials/CreateCredential';
import { CreateCredential } from '../credentials/CreateCredential';
import { useIssuing } from '../credentials/use-issuing';
import { expiryOf, ExpiryField } from '../forms/ExpiryField';
import type { Values } from '../forms/Form';
import { fieldError } from '../forms/Form';
import { useOrganization } from '../organizations/use-organization';

const WINDOW_SECONDS = 60;
const NO_SCOPES: readonly string[] = [];

interface CreateApiKeyProps {
  readonly onCreated: (plaintext: string) => void;
}

export function CreateApiKey({ onCreated }: CreateApiKeyProps) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const { mutate, isPending, error } = useIssuing(
    (body: ReturnType<typeof bodyOf>) =>
      answerOf(
        api.POST('/v1/organizations/{orgID}/api-keys', { params: { path: { orgID } }, body }),
      ),
    (answer) => {
      onCreated(answer.plaintext_api_key);
    },
  );
  return (
    <CreateCredential
      title={t('apiKeys.create')}
      nameAbout={t('apiKeys.nameAbout')}
      projectAbout={t('apiKeys.projectAbout')}
      defaultScopes={() => NO_SCOPES}
      isPending={isPending}
      error={error}
      onCreate={(credential, values) => {
        mutate(bodyOf(credential, values));
      }}
      more={
        <>
          <NativeSelect
            name="environment"
            label={t('apiKeys.environment')}
            data={[
              { value: 'live', label: t('apiKeys.live') },
              { value: 'test', label: t('apiKeys.test') },
            ]}
          />
          <NumberInput
            name="limit"
            label={t('apiKeys.limit')}
            description={t('apiKeys.limitAbout')}
            error={fieldError(error, 'rate_limit')}
            min={1}
            allowDecimal={false}
          />
        </>
      }
    >
      <ExpiryField error={fieldError(error, 'expires_at')} />
    </CreateCredential>
  );
}

function bodyOf(credential: NewCredential, values: Values) {
  const { environment, limit = '' } = values;
  return {
    ...credential,
    expires_at: expiryOf(values),
    environment: environment === 'test' ? ('test' as const) : ('live' as const),
    ...(limit !== '' && { rate_limit: { limit: Number(limit), window_seconds: WINDOW_SECONDS } }),
  };
}
