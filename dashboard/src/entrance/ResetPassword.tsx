import { Alert, Anchor, Button, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { Values } from '../forms/Form';
import { fieldError, Form } from '../forms/Form';
import { Entrance } from './Entrance';
import { forgetFragmentToken, useFragmentToken } from './fragment-token';
import { NewPassword } from './NewPassword';

/** Asks for the mail with a link, and behind that link for the new password. */
export function ResetPassword() {
  const token = useFragmentToken();
  useEffect(() => forgetFragmentToken, []);
  return token === '' ? <AskForLink /> : <ChoosePassword token={token} />;
}

function AskForLink() {
  const { t } = useTranslation();
  const request = useMutation({
    mutationFn: ({ email = '' }: Values) =>
      answerOf(api.POST('/v1/password-resets', { body: { email } })),
  });
  return (
    <Entrance title={t('reset.title')} about={t('reset.about')}>
      <div role="status">
        {request.isSuccess && (
          <Alert color="green" role="presentation" mb="md">
            {t('reset.sent')}
          </Alert>
        )}
      </div>
      <Form onSubmit={request.mutate} error={request.error}>
        <TextInput
          name="email"
          type="email"
          label={t('signIn.email')}
          error={fieldError(request.error, 'email')}
          autoComplete="username"
          required
          autoFocus
        />
        <Button type="submit" fullWidth loading={request.isPending}>
          {t('reset.send')}
        </Button>
        <BackToSignIn />
      </Form>
    </Entrance>
  );
}

function ChoosePassword({ token }: { readonly token: string }) {
  const { t } = useTranslation();
  const confirm = useMutation({
    mutationFn: ({ password = '' }: Values) =>
      answerOf(api.POST('/v1/password-resets/confirm', { body: { token, password } })),
  });
  if (confirm.isSuccess) {
    return (
      <Entrance title={t('reset.done')}>
        <Text mb="md" role="status">
          {t('reset.doneAbout')}
        </Text>
        <BackToSignIn />
      </Entrance>
    );
  }
  return (
    <Entrance title={t('reset.choose')}>
      <Form onSubmit={confirm.mutate} error={confirm.error}>
        <NewPassword
          label={t('profile.newPassword')}
          error={fieldError(confirm.error, 'password')}
        />
        <Button type="submit" fullWidth loading={confirm.isPending}>
          {t('reset.save')}
        </Button>
        <BackToSignIn />
      </Form>
    </Entrance>
  );
}

function BackToSignIn() {
  const { t } = useTranslation();
  return (
    <Anchor component={Link} to="/sign-in" size="sm" ta="center" underline="always">
      {t('signIn.back')}
    </Anchor>
  );
}
