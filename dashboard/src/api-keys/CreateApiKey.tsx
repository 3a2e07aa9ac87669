import { Button, Collapse, Group, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { projects, rights } from '../api/queries';
import { Dialog, DialogButtons } from '../forms/Dialog';
import { expiryOf, ExpiryField } from '../forms/ExpiryField';
import type { Values } from '../forms/Form';
import { fieldError, Form } from '../forms/Form';
import { listOf } from '../forms/lists';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { ScopePicker } from '../scopes/ScopePicker';

const WINDOW_SECONDS = 60;

interface CreateApiKeyProps {
  readonly onCreated: (plaintext: string) => void;
}

export function CreateApiKey({ onCreated }: CreateApiKeyProps) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const queries = useQueryClient();
  const { data: principal } = useQuery(rights(orgID));
  const { data: ofOrganization = [] } = useQuery(projects(orgID));
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [project, setProject] = useState('');
  const [hasMore, more] = useDisclosure(false);
  const create = useMutation({
    mutationFn: (values: Values) =>
      answerOf(
        api.POST('/v1/organizations/{orgID}/api-keys', {
          params: { path: { orgID } },
          body: bodyOf(values, scopes),
        }),
      ),
    onSuccess: async (answer) => {
      onCreated(answer.plaintext_api_key);
      await queries.invalidateQueries({ queryKey: [orgID] });
    },
  });
  const { error } = create;
  return (
    <Dialog title={t('apiKeys.create')} opened onClose={dialog.close} size="xl">
      <Form onSubmit={create.mutate} error={error}>
        <TextInput
          name="name"
          label={t('fields.name')}
          description={t('apiKeys.nameAbout')}
          error={fieldError(error, 'name')}
          maxLength={100}
          autoComplete="off"
          required
          data-autofocus
        />
        <NativeSelect
          name="project_id"
          label={t('fields.project')}
          description={t('apiKeys.projectAbout')}
          error={fieldError(error, 'project_id')}
          value={project}
          onChange={(event) => {
            setProject(event.currentTarget.value);
            setScopes([]);
          }}
          data={[
            { value: '', label: t('apiKeys.wholeOrganization') },
            ...ofOrganization.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        <ScopePicker
          held={principal?.scopes ?? []}
          isForProject={project !== ''}
          chosen={scopes}
          onChange={setScopes}
          error={fieldError(error, 'scopes')}
        />
        <ExpiryField error={fieldError(error, 'expires_at')} />
        <Group>
          <Button variant="subtle" size="compact-sm" aria-expanded={hasMore} onClick={more.toggle}>
            {t('apiKeys.more')}
          </Button>
        </Group>
        <Collapse expanded={hasMore}>
          <Group grow align="flex-start">
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
          </Group>
          <TextInput
            mt="md"
            name="ip_allowlist"
            label={t('fields.addresses')}
            description={t('fields.addressesAbout')}
            error={fieldError(error, 'ip_allowlist')}
            placeholder="203.0.113.0/24, 2001:db8::/32"
          />
        </Collapse>
        <DialogButtons>
          <Button variant="default" onClick={dialog.close}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t('actions.create')}
          </Button>
        </DialogButtons>
      </Form>
    </Dialog>
  );
}

function bodyOf(values: Values, scopes: readonly string[]) {
  const { name = '', project_id: project = '', environment, limit = '' } = values;
  const addresses = listOf(values.ip_allowlist);
  return {
    name,
    scopes: [...scopes],
    expires_at: expiryOf(values),
    environment: environment === 'test' ? ('test' as const) : ('live' as const),
    ...(project !== '' && { project_id: project }),
    ...(addresses.length > 0 && { ip_allowlist: addresses }),
    ...(limit !== '' && { rate_limit: { limit: Number(limit), window_seconds: WINDOW_SECONDS } }),
  };
}
