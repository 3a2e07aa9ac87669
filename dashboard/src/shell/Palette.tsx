import { ActionIcon } from '@mantine/core';
import type { SpotlightActionData } from '@mantine/spotlight';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { IconBuilding, IconPlus, IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { organizations } from '../api/queries';
import { useOrganization } from '../organizations/use-organization';
import { PAGES } from './navigation';

/** Opens the command palette for those who don't use the keyboard. */
export function PaletteButton() {
  const { t } = useTranslation();
  return (
    <ActionIcon
      variant="default"
      size={36}
      aria-label={t('palette.open')}
      title={t('palette.open')}
      onClick={spotlight.open}
    >
      <IconSearch size={18} aria-hidden />
    </ActionIcon>
  );
}

/** Every page, what is created most, and the other organizations, by typing (Ctrl or Cmd + K). */
export function Palette() {
  const { t } = useTranslation();
  const actions = useActions();
  return (
    <Spotlight
      actions={actions}
      shortcut={['mod + K']}
      nothingFound={t('palette.nothing')}
      highlightQuery
      maxHeight={420}
      scrollable
      searchProps={{
        'aria-label': t('palette.search'),
        placeholder: t('palette.search'),
        leftSection: <IconSearch size={18} aria-hidden />,
      }}
    />
  );
}

function useActions(): SpotlightActionData[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { id: current, slug } = useOrganization();
  const { data: own = [] } = useQuery(organizations);
  const pages = PAGES.map(({ name, place, icon: Icon }) => ({
    id: name,
    label: t(`pages.${name}`),
    leftSection: <Icon size={18} aria-hidden />,
    onClick: () => void navigate({ to: `/orgs/${slug}/${place}` }),
  }));
  const creations = [
    ['apiKeys.create', '/orgs/$slug/api-keys'],
    ['oauthClients.create', '/orgs/$slug/oauth-clients'],
    ['invitations.invite', '/orgs/$slug/invitations'],
  ] as const;
  return [
    ...pages,
    ...creations.map(([label, to]) => ({
      id: label,
      label: t(label),
      leftSection: <IconPlus size={18} aria-hidden />,
      onClick: () => void navigate({ to, params: { slug }, search: { dialog: 'create' } }),
    })),
    ...own
      .filter(({ id }) => id !== current)
      .map((other) => ({
        id: other.id,
        label: t('palette.goTo', { name: other.name }),
        leftSection: <IconBuilding size={18} aria-hidden />,
        onClick: () => void navigate({ to: '/orgs/$slug/overview', params: { slug: other.slug } }),
      })),
  ];
}
