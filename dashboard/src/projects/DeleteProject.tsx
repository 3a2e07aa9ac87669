import { Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { fetchKeys } from '../api-keys/api-key-queries';
import { answerOf, api } from '../api/client';
import type { Project } from '../api/types';
import { Confirmation } from '../forms/Confirmation';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';

/** Deleting a project revokes its keys: says how many work, and wants the name typed. */
export function DeleteProject({ project: { id: projectID, name } }: { readonly project: Project }) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { data: keys } = useQuery({
    queryKey: [orgID, 'api-keys', 'of', projectID],
    queryFn: () => fetchKeys(orgID, { project: projectID, status: 'active' }, undefined),
  });
  const remove = useMutation({
    mutationFn: () =>
      answerOf(api.DELETE('/v1/projects/{projectID}', { params: { path: { projectID } } })),
    onSuccess: async () => {
      dialog.close();
      announce(t('projects.deleted', { name }));
      // What this dialog has asked about it has no answer any more.
      await queries.invalidateQueries({ queryKey: [orgID], refetchType: 'none' });
      await queries.invalidateQueries({ queryKey: [orgID, 'projects'] });
    },
  });
  return (
    <Confirmation
      title={t('projects.deleteTitle', { name })}
      action={t('actions.delete')}
      typed={name}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={remove.mutate}
      onClose={dialog.close}
    >
      <Text size="sm">{t('projects.deleteAbout')}</Text>
      {keys && (
        <Text size="sm" fw={600}>
          {t(keys.next_cursor === null ? 'projects.activeKeys' : 'projects.manyActiveKeys', {
            count: keys.api_keys.length,
          })}
        </Text>
      )}
    </Confirmation>
  );
}
