import { Button, Collapse, Group, NativeSelect, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { projects, rights } from '../api/organization-queries';
import type { Values } from '../forms/Form';
import { fieldError } from '../forms/Form';
import { FormDialog } from '../forms/FormDialog';
import { listOf } from '../forms/lists';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { ScopePicker } from '../scopes/ScopePicker';

/** What every credential is made with, as the API takes it. */
export interface NewCredential {
  readonly name: string;
  readonly scopes: string[];
  readonly project_id?: string;
  readonly ip_allowlist?: string[];
}

interface CreateCredentialProps {
  readonly title: string;
  readonly nameAbout: string;
  readonly projectAbout?: string;
  /** Those that are chosen at first. */
  readonly defaultScopes: (isForProject: boolean) => readonly string[];
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onCreate: (credential: NewCredential, values: Values) => void;
  /** Further fields that everyone sees. */
  readonly children?: ReactNode;
  /** Further fields that few need. */
  readonly more: ReactNode;
}

/** Name, project, scopes and addresses of a new key or client. */
export function CreateCredential(props: CreateCredentialProps) {
  const { title, nameAbout, projectAbout, defaultScopes, isPending, error, onCreate } = props;
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const { data: principal } = useQuery(rights(orgID));
  const { data: ofOrganization = [] } = useQuery(projects(orgID));
  const [scopes, setScopes] = useState(() => defaultScopes(false));
  const [project, setProject] = useState('');
  const [hasMore, more] = useDisclosure(false);
  const mutate = (values: Values): void => {
    onCreate(credentialOf(values, scopes), values);
  };
  return (
    <FormDialog
      title={title}
      action={t('actions.create')}
      size="xl"
      sending={{ mutate, isPending, error }}
      onClose={dialog.close}
    >
      <TextInput
        name="name"
        label={t('fields.name')}
        description={nameAbout}
        error={fieldError(error, 'name')}
        maxLength={100}
        autoComplete="off"
        required
        data-autofocus
      />
      <NativeSelect
        name="project_id"
        label={t('fields.project')}
        description={projectAbout}
        error={fieldError(error, 'project_id')}
        value={project}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setProject(value);
          setScopes(defaultScopes(value !== ''));
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
      {props.children}
      <Group>
        <Button variant="subtle" size="compact-sm" aria-expanded={hasMore} onClick={more.toggle}>
          {t('apiKeys.more')}
        </Button>
      </Group>
      <Collapse expanded={hasMore}>
        <Group grow align="flex-start">
          {props.more}
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
    </FormDialog>
  );
}

function credentialOf(values: Values, scopes: readonly string[]): NewCredential {
  const { name = '', project_id: project = '' } = values;
  const addresses = listOf(values.ip_allowlist);
  return {
    name,
    scopes: [...scopes],
    ...(project !== '' && { project_id: project }),
    ...(addresses.length > 0 && { ip_allowlist: addresses }),
  };
}
