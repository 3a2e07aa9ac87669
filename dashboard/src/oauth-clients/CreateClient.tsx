import { Button, Collapse, Group, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { projects, rights } from '../api/queries';
import type { IssuedSecret } from '../api/types';
import { Dialog, DialogButtons } from '../forms/Dialog';
import type { Values } from '../forms/Form';
import { fieldError, Form } from '../forms/Form';
import { listOf } from '../forms/lists';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { ScopePicker } from '../scopes/ScopePicker';

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
  const dialog = useDialog();
  const queries = useQueryClient();
  const { data: principal } = useQuery(rights(orgID));
  const { data: ofOrganization = [] } = useQuery(projects(orgID));
  const [scopes, setScopes] = useState<readonly string[]>(DEFAULT_SCOPES);
  const [project, setProject] = useState('');
  const [hasMore, more] = useDisclosure(false);
  const create = useMutation({
    mutationFn: (values: Values) =>
      answerOf(
        api.POST('/v1/organizations/{orgID}/oauth-clients', {
          params: { path: { orgID } },
          body: bodyOf(values, scopes),
        }),
      ),
    onSuccess: async (issued) => {
      onCreated(issued);
      await queries.invalidateQueries({ queryKey: [orgID] });
    },
  });
  const { error } = create;
  return (
    <Dialog title={t('oauthClients.create')} opened onClose={dialog.close} size="xl">
      <Form onSubmit={create.mutate} error={error}>
        <TextInput
          name="name"
          label={t('fields.name')}
          description={t('oauthClients.nameAbout')}
          error={fieldError(error, 'name')}
          maxLength={100}
          autoComplete="off"
          required
          data-autofocus
        />
        <NativeSelect
          name="project_id"
          label={t('fields.project')}
          value={project}
          error={fieldError(error, 'project_id')}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setProject(value);
            setScopes(value === '' ? DEFAULT_SCOPES : DEFAULT_PROJECT_SCOPES);
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
        <Group>
          <Button variant="subtle" size="compact-sm" aria-expanded={hasMore} onClick={more.toggle}>
            {t('apiKeys.more')}
          </Button>
        </Group>
        <Collapse expanded={hasMore}>
          <Group grow align="flex-start">
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
  const { name = '', project_id: project = '', token_format: format } = values;
  const { token_hours: hours, max_tokens_per_hour: most = '' } = values;
  const addresses = listOf(values.ip_allowlist);
  return {
    name,
    scopes: [...scopes],
    token_format: format === 'jwt' ? ('jwt' as const) : ('opaque' as const),
    token_ttl_seconds: Number(hours) * HOUR,
    ...(project !== '' && { project_id: project }),
    ...(most !== '' && { max_tokens_per_hour: Number(most) }),
    ...(addresses.length > 0 && { ip_allowlist: addresses }),
  };
}
