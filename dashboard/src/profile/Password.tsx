import { Button, Group, Paper, PasswordInput, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { NewPassword } from '../entrance/NewPassword';
import type { Values } from '../forms/Form';
import { fieldError, Form } from '../forms/Form';
import { useAnnounce } from '../states/announcements';

/** Changes the password. */
export function Password() {
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
