import { Alert, Button, Checkbox, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { projects } from '../api/organization-queries';
import { organizations } from '../api/queries';
import type { Organization } from '../api/types';
import type { Values } from '../forms/Form';
import { fieldError, Form } from '../forms/Form';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';

interface DecisionProps {
  readonly loginID: string;
  readonly asked: readonly string[];
}

/** Lets the device into an organization of the person's, or turns it away. */
export function Decision({ loginID, asked }: DecisionProps) {
  const { t } = useTranslation();
  const { data: own, error } = useQuery(organizations);
  const [scopes, setScopes] = useState(asked);
  const params = { path: { loginID } };
  const approve = useMutation({
    mutationFn: ({ organization = '', project = '' }: Values) =>
      answerOf(
        api.POST('/v1/cli/login/sessions/{loginID}/approve', {
          params,
          body: {
            organization_id: organization,
            scopes: [...scopes],
            ...(project !== '' && { project_id: project }),
          },
        }),
      ),
  });
  const deny = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/cli/login/sessions/{loginID}/deny', { params })),
  });
  if (approve.isSuccess || deny.isSuccess) {
    return (
      <div role="status">
        <Alert role="presentation" color={approve.isSuccess ? 'green' : 'gray'}>
          {t(approve.isSuccess ? 'device.approved' : 'device.denied')}
        </Alert>
      </div>
    );
  }
  if (error) return <Complaint error={error} />;
  if (!own) return <LoadingRows rows={3} />;
  const [first] = own;
  return (
    <Form onSubmit={approve.mutate} error={approve.error ?? deny.error}>
      {first ? (
        <>
          <Place own={own} first={first} error={approve.error} />
          <Checkbox.Group
            label={t('fields.scopes')}
            error={fieldError(approve.error, 'scopes')}
            value={[...scopes]}
            onChange={(values: string[]) => {
              setScopes(values);
            }}
          >
            <Stack gap="xs" mt="xs">
              {asked.map((scope) => (
                <Checkbox key={scope} value={scope} label={scope} />
              ))}
            </Stack>
          </Checkbox.Group>
        </>
      ) : (
        <Text>{t('device.noOrganization')}</Text>
      )}
      <Group grow>
        <Button
          variant="default"
          loading={deny.isPending}
          onClick={() => {
            deny.mutate();
          }}
        >
          {t('device.deny')}
        </Button>
        {first && (
          <Button type="submit" loading={approve.isPending} disabled={scopes.length === 0}>
            {t('device.approve')}
          </Button>
        )}
      </Group>
    </Form>
  );
}

interface PlaceProps {
  readonly own: readonly Organization[];
  readonly first: Organization;
  /** Why the last try was refused. */
  readonly error: unknown;
}

/**
 * Where the key is to reach. Every organization is offered, since members may let a device in as well,
 * as far as its scopes are theirs: which they are there is the server's to say.
 */
function Place({ own, first, error }: PlaceProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(first.id);
  const { data: ofOrganization = [] } = useQuery(projects(chosen));
  return (
    <>
      <NativeSelect
        name="organization"
        label={t('fields.organization')}
        value={chosen}
        data={own.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(event) => {
          setChosen(event.currentTarget.value);
        }}
      />
      <NativeSelect
        // Another organization has other projects.
        key={chosen}
        name="project"
        label={t('fields.project')}
        error={fieldError(error, 'project_id')}
        data={[
          { value: '', label: t('apiKeys.wholeOrganization') },
          ...ofOrganization.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
    </>
  );
}
