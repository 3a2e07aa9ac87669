import { Badge, Button, Group, Paper, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { me } from '../api/queries';
import type { Values } from '../forms/Form';
import { fieldError, Form } from '../forms/Form';
import { useAnnounce } from '../states/announcements';
import { LoadingRows } from '../states/ListStates';
import { useReport } from '../states/reports';

/** Name and address, and whether the address was proven. */
export function Account() {
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
