import { Anchor, Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { organizations } from '../api/queries';
import { Entrance } from '../entrance/Entrance';
import type { Values } from '../forms/Form';
import { fieldError, Form } from '../forms/Form';
import { useSignOut } from '../shell/use-sign-out';

/** Makes an organization; whoever belongs to none comes here first. */
export function NewOrganization() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const signOut = useSignOut();
  const { data: own = [] } = useQuery(organizations);
  const create = useMutation({
    mutationFn: ({ name = '' }: Values) =>
      answerOf(api.POST('/v1/organizations', { body: { name } })),
    onSuccess: async ({ organization: { slug } }) => {
      await queries.invalidateQueries({ queryKey: organizations.queryKey });
      await navigate({ to: '/orgs/$slug/get-started', params: { slug } });
    },
  });
  return (
    <Entrance title={t('shell.newOrganization')} about={t('organizations.newAbout')}>
      <Form onSubmit={create.mutate} error={create.error}>
        <TextInput
          name="name"
          label={t('setUp.organization')}
          error={fieldError(create.error, 'name')}
          autoComplete="organization"
          maxLength={100}
          required
          autoFocus
        />
        <Button type="submit" fullWidth loading={create.isPending}>
          {t('actions.create')}
        </Button>
        {own.length > 0 ? (
          <Anchor component={Link} to="/" size="sm" ta="center" underline="always">
            {t('profile.back')}
          </Anchor>
        ) : (
          <Button variant="subtle" onClick={signOut}>
            {t('shell.signOut')}
          </Button>
        )}
      </Form>
    </Entrance>
  );
}
