import { Anchor, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconFolder, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { projects } from '../api/organization-queries';
import type { Project } from '../api/types';
import { CreateButton } from '../forms/CreateButton';
import type { Values } from '../forms/Form';
import { fieldError } from '../forms/Form';
import { FormDialog } from '../forms/FormDialog';
import { useDialog } from '../forms/use-dialog';
import { useMay, useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';
import { Empty } from '../states/ListStates';
import { PageHeader } from '../states/PageHeader';
import type { Column } from '../tables/DataTable';
import { DataTable } from '../tables/DataTable';
import { ListBody } from '../tables/ListBody';
import { RowMenu } from '../tables/RowMenu';
import { useFormat } from '../words/use-format';
import { DeleteProject } from './DeleteProject';

const idOf = ({ id }: Project): string => id;

export function Projects() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const may = useMay();
  const dialog = useDialog();
  const { data: rows, error, refetch } = useQuery(projects(orgID));
  const columns = useProjectColumns();
  const project = rows?.find(({ id }) => id === dialog.of);
  const create = may('projects:write') && <CreateButton label={t('projects.create')} />;
  return (
    <>
      <PageHeader title={t('pages.projects')} about={t('projects.about')}>
        {create}
      </PageHeader>
      <ListBody
        orgID={orgID}
        list={{
          rows,
          error,
          retry: () => {
            void refetch();
          },
        }}
        empty={
          <Empty icon={IconFolder} title={t('projects.none')} action={create}>
            {t('projects.noneAbout')}
          </Empty>
        }
      >
        {(all) => (
          <DataTable label={t('pages.projects')} rows={all} idOf={idOf} columns={columns} />
        )}
      </ListBody>
      {dialog.name === 'create' && <EditProject />}
      {dialog.name === 'rename' && project && <EditProject project={project} />}
      {dialog.name === 'delete' && project && <DeleteProject project={project} />}
    </>
  );
}

function useProjectColumns(): readonly Column<Project>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { slug } = useOrganization();
  return useMemo(
    () => [
      { id: 'name', header: t('fields.name'), cell: ({ name }) => <Text fw={600}>{name}</Text> },
      {
        id: 'slug',
        header: t('fields.slug'),
        cell: ({ slug: ofProject }) => <span className="mono">{ofProject}</span>,
      },
      {
        id: 'keys',
        header: t('pages.apiKeys'),
        cell: ({ id }) => (
          <Anchor
            component={Link}
            to={`/orgs/${slug}/api-keys`}
            search={{ project: id } as never}
            underline="always"
          >
            {t('projects.keys')}
          </Anchor>
        ),
      },
      {
        id: 'created',
        header: t('fields.created'),
        cell: ({ created_at: at }) => <time dateTime={at}>{format.date(at)}</time>,
      },
      {
        id: 'actions',
        header: t('fields.actions'),
        hiddenHeader: true,
        cell: (project) => <ProjectMenu project={project} />,
      },
    ],
    [t, format, slug],
  );
}

function ProjectMenu({ project: { id, name } }: { readonly project: Project }) {
  const { t } = useTranslation();
  const may = useMay();
  const dialog = useDialog();
  if (!may('projects:write')) return null;
  return (
    <RowMenu
      name={name}
      actions={[
        {
          label: t('projects.rename'),
          icon: IconPencil,
          onSelect: () => {
            dialog.open('rename', id);
          },
        },
        {
          label: t('actions.delete'),
          icon: IconTrash,
          isDangerous: true,
          onSelect: () => {
            dialog.open('delete', id);
          },
        },
      ]}
    />
  );
}

/** Makes a project, or gives one another name. */
function EditProject({ project }: { readonly project?: Project }) {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const save = useMutation({
    mutationFn: ({ name = '' }: Values) =>
      project
        ? answerOf(
            api.PATCH('/v1/projects/{projectID}', {
              params: { path: { projectID: project.id } },
              body: { name },
            }),
          )
        : answerOf(api.POST('/v1/projects', { body: { organization_id: orgID, name } })),
    onSuccess: async (_answer, { name = '' }) => {
      dialog.close();
      announce(t(project ? 'projects.renamed' : 'projects.created', { name }));
      await queries.invalidateQueries({ queryKey: [orgID] });
    },
  });
  return (
    <FormDialog
      title={t(project ? 'projects.rename' : 'projects.create')}
      action={t(project ? 'actions.save' : 'actions.create')}
      sending={save}
      onClose={dialog.close}
    >
      <TextInput
        name="name"
        label={t('fields.name')}
        defaultValue={project?.name}
        error={fieldError(save.error, 'name')}
        maxLength={100}
        autoComplete="off"
        required
        data-autofocus
      />
    </FormDialog>
  );
}
