import { NativeSelect, NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { IssuedSecret } from '../api/types';
import type { NewCredential } from '../credentials/CreateCredential';
import { CreateCredential } from '../credentials/CreateCredential';
import { useIssuing } from '../credentials/use-issuing';
import type { Values } from '../forms/Form';
import { fieldError } from '../forms/Form';
import { useOrganization } from '../organizations/use-organization';

/** What the API gives a client that asks for nothing else. */
const DEFAULT_SCOPES = ['read', 'write'];
const DEFAULT_PROJECT_SCOPES = ['projects:read'];
const TOKEN_HOURS = [1, 10, 24] as const;
const DEFAULT_TOKEN_HOURS = 10;
const HOUR = 3600;

interface CreateClientProps {
  readonly onCreated: (issued: IssuedSecret) => void;
}

export function CreateClient({ onCreated }: CreateClientProps) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const { mutate, isPending, error } = useIssuing(
    (body: ReturnType<typeof bodyOf>) =>
      answerOf(
        api.POST('/v1/organizations/{orgID}/oauth-clients', { params: { path: { orgID } }, body }),
      ),
    onCreated,
  );
  return (
    <CreateCredential
      title={t('oauthClients.create')}
      nameAbout={t('oauthClients.nameAbout')}
      defaultScopes={(isForProject) => (isForProject ? DEFAULT_PROJECT_SCOPES : DEFAULT_SCOPES)}
      isPending={isPending}
      error={error}
      onCreate={(credential, values) => {
        mutate(bodyOf(credential, values));
      }}
      more={
        <>
          <NativeSelect
            name="token_format"
            label={t('oauthClients.format')}
            data={[
              { value: 'opaque', label: t('oauthClients.opaque') },
              { value: 'jwt', label: t('oauthClients.jwt') },
            ]}
          />
          <NativeSelect
            name="token_hours"
            label={t('oauthClients.life')}
            defaultValue={String(DEFAULT_TOKEN_HOURS)}
            data={TOKEN_HOURS.map((hours) => ({
              value: String(hours),
              label: t('oauthClients.hours', { count: hours }),
            }))}
          />
          <NumberInput
            name="max_tokens_per_hour"
            label={t('oauthClients.mostTokens')}
            error={fieldError(error, 'max_tokens_per_hour')}
            placeholder={t('fields.unlimited')}
            min={1}
            allowDecimal={false}
          />
        </>
      }
    />
  );
}

function bodyOf(credential: NewCredential, values: Values) {
  const { token_format: format, token_hours: hours, max_tokens_per_hour: most = '' } = values;
  return {
    ...credential,
    token_format: format === 'jwt' ? ('jwt' as const) : ('opaque' as const),
    token_ttl_seconds: Number(hours) * HOUR,
    ...(most !== '' && { max_tokens_per_hour: Number(most) }),
  };
}
