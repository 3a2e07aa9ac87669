import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { people } from '../api/organization-queries';
import { Empty } from './ListStates';

/** The person's role does not reach this page: says so, and whom to ask. */
export function NoPermission({ orgID }: { readonly orgID: string }) {
  const { t } = useTranslation();
  const { data: members = [] } = useQuery(people(orgID));
  const admins = members
    .filter(({ role, status }) => role !== 'member' && status === 'active')
    .slice(0, 3);
  return (
    <Empty icon={IconLock} title={t('states.noPermission')}>
      {t('states.askFor')}
      {admins.map(({ id, user }, index) => (
        <span key={id}>
          {index > 0 && ', '}
          {user.email === null ? (
            user.name
          ) : (
            <Anchor href={`mailto:${user.email}`} underline="always">
              {user.name} ({user.email})
            </Anchor>
          )}
        </span>
      ))}
    </Empty>
  );
}
