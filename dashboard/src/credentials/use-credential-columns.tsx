import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { projects } from '../api/organization-queries';
import { useOrganization } from '../organizations/use-organization';
import { usePersonName } from '../organizations/use-person-name';
import { ScopeList } from '../scopes/ScopeList';
import { Dash } from '../tables/Dash';
import type { Column } from '../tables/DataTable';

interface Credential {
  readonly scopes: readonly string[];
  readonly project_id: string | null;
  readonly created_by_user_id: string | null;
}

/** What keys and clients have in common: what they may do, where, and who made them. */
export function useCredentialColumns(): readonly Column<Credential>[] {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const { data: ofOrganization } = useQuery(projects(orgID));
  const personName = usePersonName();
  return useMemo(
    () => [
      {
        id: 'scopes',
        header: t('fields.scopes'),
        cell: ({ scopes }) => <ScopeList scopes={scopes} />,
      },
      {
        id: 'project',
        header: t('fields.project'),
        cell: ({ project_id: id }) =>
          ofOrganization?.find((one) => one.id === id)?.name ?? <Dash />,
      },
      {
        id: 'creator',
        header: t('fields.createdBy'),
        cell: ({ created_by_user_id: id }) => personName(id) ?? <Dash />,
      },
    ],
    [t, ofOrganization, personName],
  );
}
