import { Button, Group, Paper, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { organizations } from '../api/queries';
import type { Values } from '../forms/Form';
import { fieldError, Form } from '../forms/Form';
import { useOrganization } from '../organizations/use-organization';
import { CopyField } from '../secrets/CopyField';
import { useAnnounce } from '../states/announcements';

/** Name and slug. */
export function General() {
  const { t } = useTranslation();
  const { id: orgID, name, slug } = useOrganization();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const save = useMutation({
    mutationFn: (values: Values) =>
      answerOf(
        api.PATCH('/v1/organizations/{orgID}', {
          params: { path: { orgID } },
          body: { name: values.name ?? name, slug: values.slug ?? slug },
        }),
      ),
    onSuccess: async ({ organization }) => {
      await queries.invalidateQueries({ queryKey: organizations.queryKey });
      announce(t('settings.saved'));
      await navigate({
        to: '/orgs/$slug/settings',
        params: { slug: organization.slug },
        replace: true,
      });
    },
  });
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} size="h4" mb="sm">
        {t('settings.general')}
      </Title>
      <Form onSubmit={save.mutate} error={save.error}>
        <TextInput
          name="name"
          label={t('fields.name')}
          defaultValue={name}
          error={fieldError(save.error, 'name')}
          maxLength={100}
          required
        />
        <TextInput
          name="slug"
          label={t('fields.slug')}
          description={t('settings.slugAbout')}
          defaultValue={slug}
          error={fieldError(save.error, 'slug')}
          maxLength={40}
          required
        />
        <CopyField label={t('settings.id')} value={orgID} />
        <Group>
          <Button type="submit" loading={save.isPending}>
            {t('actions.save')}
          </Button>
        </Group>
      </Form>
    </Paper>
  );
}
