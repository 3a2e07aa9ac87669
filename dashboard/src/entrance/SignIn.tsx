import { Anchor, Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { Values } from '../forms/Form';
import { Form } from '../forms/Form';
import { Entrance } from './Entrance';
import { placeAfterSignIn } from './place';

export function SignIn() {
  const { t } = useTranslation();
  const router = useRouter();
  const queries = useQueryClient();
  const { next } = useSearch({ from: '/sign-in' });
  const signIn = useMutation({
    mutationFn: ({ email = '', password = '' }: Values) =>
      answerOf(api.POST('/v1/sessions', { body: { email, password } })),
    onSuccess: () => {
      queries.clear();
      router.history.push(placeAfterSignIn(next));
    },
  });
  return (
    <Entrance title={t('signIn.title')}>
      <Form onSubmit={signIn.mutate} error={signIn.error}>
        <TextInput
          name="email"
          type="email"
          label={t('signIn.email')}
          autoComplete="username"
          required
          autoFocus
        />
        <PasswordInput
          name="password"
          label={t('signIn.password')}
          autoComplete="current-password"
          required
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
        />
        <Button type="submit" fullWidth loading={signIn.isPending}>
          {t('signIn.submit')}
        </Button>
        <Anchor component={Link} to="/reset-password" size="sm" ta="center" underline="always">
          {t('signIn.forgotten')}
        </Anchor>
      </Form>
    </Entrance>
  );
}
