import {
  Anchor,
  Badge,
  Button,
  Container,
  Group,
  Paper,
  SegmentedControl,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
  useMantineColorScheme,
} from '@mantine/core';
import { PasswordInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconArrowLeft } from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { me } from '../api/queries';
import { NewPassword } from '../entrance/NewPassword';
import type { Values } from '../forms/Form';
import { fieldError, Form } from '../forms/Form';
import { useSignOut } from '../shell/use-sign-out';
import { useAnnounce } from '../states/announcements';
import { Complaint } from '../states/Complaint';
import { LoadingRows } from '../states/ListStates';
import { Moment } from '../states/Moment';
import { PageHeader } from '../states/PageHeader';
import { useReport } from '../states/reports';
import { LanguageChoice } from '../words/LanguageChoice';

/** What belongs to the person, whatever the organization. */
export function Profile() {
  const { t } = useTranslation();
  const signOut = useSignOut();
  return (
    <Container component="main" size="md" py="lg">
      <Group justify="space-between" mb="md">
        <Anchor component={Link} to="/" underline="always">
          <Group gap={4} component="span">
            <IconArrowLeft size={16} aria-hidden />
            {t('profile.back')}
          </Group>
        </Anchor>
        <Button variant="default" size="xs" onClick={signOut}>
          {t('shell.signOut')}
        </Button>
      </Group>
      <PageHeader title={t('pages.profile')} />
      <Stack gap="lg">
        <Account />
        <Password />
        <Sessions />
        <Look />
      </Stack>
    </Container>
  );
}

function Account() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const report = useReport();
  const { data: user } = useQuery(me);
  const save = useMutation({
    mutationFn: ({ name = '' }: Values) => answerOf(api.PATCH('/v1/users/me', { body: { name } })),
    onSuccess: async () => {
      announce(t('profile.saved'));
      await queries.invalidateQueries({ queryKey: me.queryKey });
    },
  });
  const verify = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/users/me/verify-email')),
    onError: report,
    onSuccess: () => {
      announce(t('profile.verificationSent'));
    },
  });
  if (!user) return <LoadingRows rows={2} />;
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} size="h4" mb="sm">
        {t('profile.account')}
      </Title>
      <Group gap="sm" mb="md">
        <Text>{user.email}</Text>
        {user.email !== null && (
          <Badge variant="light" color={user.email_verified_at === null ? 'orange' : 'green'}>
            {t(user.email_verified_at === null ? 'profile.unverified' : 'profile.verified')}
          </Badge>
        )}
        {user.email !== null && user.email_verified_at === null && (
          <Button
            size="xs"
            variant="default"
            loading={verify.isPending}
            onClick={() => {
              verify.mutate();
            }}
          >
            {t('profile.verify')}
          </Button>
        )}
      </Group>
      <Form onSubmit={save.mutate} error={save.error}>
        <TextInput
          name="name"
          label={t('setUp.name')}
          defaultValue={user.name}
          error={fieldError(save.error, 'name')}
          autoComplete="name"
          maxLength={100}
          required
        />
        <Group>
          <Button type="submit" loading={save.isPending}>
            {t('actions.save')}
          </Button>
        </Group>
      </Form>
    </Paper>
  );
}

function Password() {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const queries = useQueryClient();
  const place = useRef<HTMLDivElement>(null);
  const change = useMutation({
    mutationFn: ({ current_password: current = '', new_password: password = '' }: Values) =>
      answerOf(
        api.POST('/v1/users/me/password', {
          body: { current_password: current, new_password: password },
        }),
      ),
    onSuccess: async () => {
      place.current?.querySelector('form')?.reset();
      announce(t('profile.passwordChanged'));
      await queries.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  return (
    <Paper withBorder p="lg" component="section" ref={place}>
      <Title order={2} size="h4" mb={4}>
        {t('profile.password')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('profile.passwordAbout')}
      </Text>
      <Form onSubmit={change.mutate} error={change.error}>
        <PasswordInput
          name="current_password"
          label={t('profile.currentPassword')}
          error={fieldError(change.error, 'current_password')}
          autoComplete="current-password"
          required
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
        />
        <NewPassword
          name="new_password"
          label={t('profile.newPassword')}
          error={fieldError(change.error, 'new_password')}
        />
        <Group>
          <Button type="submit" loading={change.isPending}>
            {t('profile.changePassword')}
          </Button>
        </Group>
      </Form>
    </Paper>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const report = useReport();
  const { data, error } = useQuery({
    queryKey: ['sessions'],
    queryFn: () => answerOf(api.GET('/v1/sessions')),
  });
  const end = useMutation({
    mutationFn: (sessionID: string) =>
      answerOf(api.DELETE('/v1/sessions/{sessionID}', { params: { path: { sessionID } } })),
    onError: report,
    onSuccess: async () => {
      announce(t('profile.sessionEnded'));
      await queries.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} size="h4" mb="sm">
        {t('profile.sessions')}
      </Title>
      {error && <Complaint error={error} />}
      {!data && !error && <LoadingRows rows={2} />}
      {data && (
        <div className="scroll" tabIndex={0} role="group" aria-label={t('profile.sessions')}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('profile.device')}</Table.Th>
                <Table.Th>{t('profile.address')}</Table.Th>
                <Table.Th>{t('profile.lastSeen')}</Table.Th>
                <Table.Th>
                  <span className="visually-hidden">{t('fields.actions')}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.sessions.map((session) => (
                <Table.Tr key={session.id}>
                  <Table.Td>{session.device ?? t('profile.unknownDevice')}</Table.Td>
                  <Table.Td className="mono">{session.ip}</Table.Td>
                  <Table.Td>
                    <Moment at={session.last_seen_at} never="" />
                  </Table.Td>
                  <Table.Td>
                    {session.is_current ? (
                      <Badge variant="light" color="green">
                        {t('profile.thisOne')}
                      </Badge>
                    ) : (
                      <Button
                        size="compact-sm"
                        variant="light"
                        color="red"
                        aria-label={t('profile.endSessionOf', {
                          device: session.device ?? t('profile.unknownDevice'),
                        })}
                        onClick={() => {
                          end.mutate(session.id);
                        }}
                      >
                        {t('profile.endSession')}
                      </Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Paper>
  );
}

function Look() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} size="h4" mb="sm">
        {t('profile.look')}
      </Title>
      <Group align="flex-end" gap="lg">
        <LanguageChoice label={t('profile.language')} />
        <div>
          <Text size="sm" fw={500} id="theme-label">
            {t('profile.theme')}
          </Text>
          <SegmentedControl
            aria-labelledby="theme-label"
            value={colorScheme}
            onChange={(value) => {
              setColorScheme(value);
            }}
            data={(['light', 'dark', 'auto'] as const).map((value) => ({
              value,
              label: t(`profile.themes.${value}`),
            }))}
          />
        </div>
      </Group>
    </Paper>
  );
}
