import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';

/** Something that can be done with a row. */
export interface RowAction {
  readonly label: string;
  readonly icon: ComponentType<{ size?: number }>;
  readonly onSelect: () => void;
  /** It takes something away. */
  readonly isDangerous?: boolean;
}

interface RowMenuProps {
  /** What the row is about. */
  readonly name: string;
  readonly actions: readonly RowAction[];
}

export function RowMenu({ name, actions }: RowMenuProps) {
  const { t } = useTranslation();
  if (actions.length === 0) return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('lists.actionsFor', { name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ label, icon: Icon, onSelect, isDangerous }) => (
          <Menu.Item
            key={label}
            leftSection={<Icon size={16} />}
            color={isDangerous ? 'red' : undefined}
            onClick={onSelect}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
