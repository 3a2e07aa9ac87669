import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { Values } from '../forms/Form';
import { fieldError, Form } from '../forms/Form';
import { Entrance } from './Entrance';
import { useFragmentToken } from './fragment-token';
import { NewPassword } from './NewPassword';

/** The first person of an installation makes it his, with the link that the start has printed. */
export function SetUp() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const linked = useFragmentToken();
  const setUp = useMutation({
    mutationFn: ({ token = linked, name = '', ...sent }: Values) =>
      answerOf(
        api.POST('/v1/setup', {
          params: { header: { 'X-Setup-Token': token } },
          body: {
            email: sent.email ?? '',
            password: sent.password ?? '',
            organization_name: sent.organization_name ?? '',
            ...(name !== '' && { name }),
          },
        }),
      ),
    onSuccess: async ({ organization }) => {
      queries.clear();
      await navigate({ to: '/orgs/$slug/get-started', params: { slug: organization.slug } });
    },
  });
  const { error } = setUp;
  return (
    <Entrance title={t('setUp.title')} about={t('setUp.about')}>
      <Form onSubmit={setUp.mutate} error={error}>
        {linked === '' && (
          <PasswordInput
            name="token"
            label={t('setUp.token')}
            description={t('setUp.tokenAbout')}
            autoComplete="off"
            required
          />
        )}
        <TextInput
          name="organization_name"
          label={t('setUp.organization')}
          error={fieldError(error, 'organization_name')}
          autoComplete="organization"
          maxLength={100}
          required
          autoFocus
        />
        <TextInput
          name="name"
          label={t('setUp.name')}
          error={fieldError(error, 'name')}
          autoComplete="name"
          maxLength={100}
        />
        <TextInput
          name="email"
          type="email"
          label={t('signIn.email')}
          error={fieldError(error, 'email')}
          autoComplete="username"
          required
        />
        <NewPassword label={t('signIn.password')} error={fieldError(error, 'password')} />
        <Button type="submit" fullWidth loading={setUp.isPending}>
          {t('setUp.submit')}
        </Button>
      </Form>
    </Entrance>
  );
}
