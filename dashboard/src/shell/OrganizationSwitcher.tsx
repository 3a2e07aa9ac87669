import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { IconCheck, IconPlus, IconSelector } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { organizations } from '../api/queries';
import { useOrganization } from '../organizations/use-organization';

export function OrganizationSwitcher() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const current = useOrganization();
  const { data: own = [] } = useQuery(organizations);
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          px="xs"
          className="organization-switcher"
          rightSection={<IconSelector size={16} aria-hidden />}
          aria-label={t('shell.organization', { name: current.name })}
        >
          {current.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className="organization-list">
        <Menu.Label>{t('shell.organizations')}</Menu.Label>
        {own.map(({ id, name, slug }) => (
          <Menu.Item
            key={id}
            onClick={() => {
              void navigate({ to: '/orgs/$slug/overview', params: { slug } });
            }}
            rightSection={id === current.id ? <IconCheck size={16} aria-hidden /> : null}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => {
            void navigate({ to: '/new-organization' });
          }}
        >
          {t('shell.newOrganization')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
