import { Badge, Button, Code, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { Entrance } from '../entrance/Entrance';
import type { Values } from '../forms/Form';
import { Form } from '../forms/Form';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';
import { useFormat } from '../words/use-format';
import { Decision } from './Decision';

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

/** What asks, from where and for what, as the server knows it, before anything can be approved. */
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
    [t('device.source'), t(`device.sources.${login.source}`)],
    [t('device.device'), login.device_name ?? '–'],
    [t('device.userAgent'), login.user_agent ?? '–'],
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
