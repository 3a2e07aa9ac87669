import { AppShell, Burger, Group, NavLink } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Logo } from '../look/Logo';
import { useOrganization } from '../organizations/use-organization';
import { AccountMenu } from './AccountMenu';
import { PAGES } from './navigation';
import { OrganizationSwitcher } from './OrganizationSwitcher';
import { Palette, PaletteButton } from './Palette';

/** What surrounds every page of an organization. */
export function Shell() {
  const { t } = useTranslation();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  useEffect(close, [pathname, close]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <a href="#content" className="skip-link">
        {t('shell.skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="sm" wrap="nowrap" className="header-start">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t('shell.menu')}
              aria-expanded={isOpen}
            />
            <div className="header-logo">
              <Logo />
            </div>
            <OrganizationSwitcher />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <PaletteButton />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t('shell.navigation')}>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <div className="page">
          <Outlet />
        </div>
      </AppShell.Main>
      <Palette />
    </AppShell>
  );
}

function Navigation() {
  const { t } = useTranslation();
  const { slug } = useOrganization();
  const { pathname } = useLocation();
  return PAGES.map(({ name, place, icon: Icon }) => {
    const isHere = pathname.startsWith(`/orgs/${slug}/${place}`);
    return (
      <NavLink
        key={name}
        component={Link}
        to={`/orgs/${slug}/${place}`}
        label={t(`pages.${name}`)}
        leftSection={<Icon size={18} aria-hidden />}
        active={isHere}
        aria-current={isHere ? 'page' : undefined}
      />
    );
  });
}
