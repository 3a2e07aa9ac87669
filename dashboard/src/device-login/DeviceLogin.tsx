import {
  Alert,
  Badge,
  Button,
  Checkbox,
  Code,
  Group,
  NativeSelect,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { organizations, projects } from '../api/queries';
import { Entrance } from '../entrance/Entrance';
import type { Values } from '../forms/Form';
import { Form } from '../forms/Form';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';
import { useFormat } from '../words/use-format';

const route = getRouteApi('/signed-in/cli/login');

/** Where a command-line tool or an agent sends its person, to be let in or not. */
export function DeviceLogin() {
  const { session } = route.useSearch();
  return session === undefined ? <EnterCode /> : <Decide loginID={session} />;
}

/** Without a link: the code that the tool shows. */
function EnterCode() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const find = useMutation({
    mutationFn: ({ code = '' }: Values) =>
      answerOf(api.GET('/v1/cli/login/sessions', { params: { query: { user_code: code } } })),
    onSuccess: ({ session_id: session }) => navigate({ to: '/cli/login', search: { session } }),
  });
  return (
    <Entrance title={t('device.title')} about={t('device.enterAbout')}>
      <Form onSubmit={find.mutate} error={find.error}>
        <TextInput
          name="code"
          label={t('device.code')}
          placeholder="WDJB-MJHT"
          autoComplete="off"
          required
          autoFocus
        />
        <Button type="submit" fullWidth loading={find.isPending}>
          {t('device.continue')}
        </Button>
      </Form>
    </Entrance>
  );
}

function Decide({ loginID }: { readonly loginID: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: login, error } = useQuery({
    queryKey: ['device-login', loginID],
    queryFn: () =>
      answerOf(
        api.GET('/v1/cli/login/sessions/{loginID}/details', { params: { path: { loginID } } }),
      ),
  });
  if (error) {
    return (
      <Entrance title={t('device.title')}>
        <Complaint error={error} />
      </Entrance>
    );
  }
  if (!login) {
    return (
      <Entrance title={t('device.title')}>
        <LoadingRows rows={4} />
      </Entrance>
    );
  }
  const facts = [
    [t('device.tool'), login.name],
    [t('device.device'), login.device_name ?? '–'],
    [t('device.from'), login.ip],
    [t('device.asked'), format.relative(login.created_at)],
    [t('device.keyEnds'), format.date(login.key_expires_at)],
  ] as const;
  return (
    <Entrance title={t('device.title')} about={t('device.about')}>
      <Stack gap="md">
        <Text ta="center">
          {t('device.compare')}
          <br />
          <Code fz="xl" fw={700}>
            {login.user_code}
          </Code>
        </Text>
        <dl className="facts-list">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {login.state === 'pending' ? (
          <Decision loginID={loginID} asked={login.scopes} />
        ) : (
          <Badge variant="light">{t(`device.states.${login.state}`)}</Badge>
        )}
      </Stack>
    </Entrance>
  );
}

interface DecisionProps {
  readonly loginID: string;
  readonly asked: readonly string[];
}

function Decision({ loginID, asked }: DecisionProps) {
  const { t } = useTranslation();
  const { data: own = [] } = useQuery(organizations);
  const offered = own.filter(({ role }) => role !== 'member');
  const [chosen, setChosen] = useState<string>();
  const [scopes, setScopes] = useState(asked);
  const orgID = chosen ?? offered[0]?.id;
  const { data: ofOrganization = [] } = useQuery({
    ...projects(orgID ?? ''),
    enabled: orgID !== undefined,
  });
  const params = { path: { loginID } };
  const approve = useMutation({
    mutationFn: ({ project = '' }: Values) =>
      answerOf(
        api.POST('/v1/cli/login/sessions/{loginID}/approve', {
          params,
          body: {
            organization_id: orgID ?? '',
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
  if (own.length > 0 && offered.length === 0) return <Text>{t('device.noOrganization')}</Text>;
  return (
    <Form onSubmit={approve.mutate} error={approve.error ?? deny.error}>
      <NativeSelect
        name="organization"
        label={t('fields.organization')}
        value={orgID ?? ''}
        data={offered.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(event) => {
          setChosen(event.currentTarget.value);
        }}
      />
      <NativeSelect
        name="project"
        label={t('fields.project')}
        data={[
          { value: '', label: t('apiKeys.wholeOrganization') },
          ...ofOrganization.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <Checkbox.Group
        label={t('fields.scopes')}
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
        <Button type="submit" loading={approve.isPending} disabled={scopes.length === 0}>
          {t('device.approve')}
        </Button>
      </Group>
    </Form>
  );
}
