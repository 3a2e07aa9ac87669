import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMay, useOrganization } from '../organizations/use-organization';
import { NoPermission } from '../states/NoPermission';
import { PageHeader } from '../states/PageHeader';
import { DangerZone } from './DangerZone';
import { General } from './General';
import { Policies } from './Policies';

export function Settings() {
  const { t } = useTranslation();
  const { id: orgID, role } = useOrganization();
  const may = useMay();
  return (
    <>
      <PageHeader title={t('pages.settings')} />
      {role === 'member' && <NoPermission orgID={orgID} />}
      {may('organizations:write') && (
        <Stack gap="lg">
          <General />
          <Policies />
          {role === 'owner' && <DangerZone />}
        </Stack>
      )}
    </>
  );
}
