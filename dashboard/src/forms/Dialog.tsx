import { Group, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface DialogProps {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly size?: string;
  /** Whether nothing but its own buttons closes it. */
  readonly isLocked?: boolean;
  readonly children: ReactNode;
}

/** A dialog that Escape, a click beside it and its button close. */
export function Dialog(props: DialogProps) {
  const { title, opened, onClose, size = 'lg', isLocked = false, children } = props;
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={size}
      classNames={{ title: 'dialog-title' }}
      closeOnEscape={!isLocked}
      closeOnClickOutside={!isLocked}
      withCloseButton={!isLocked}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {children}
    </Modal>
  );
}

/** Buttons at the end of a dialog. */
export function DialogButtons({ children }: { readonly children: ReactNode }) {
  return (
    <Group justify="flex-end" gap="sm" className="dialog-buttons">
      {children}
    </Group>
  );
}
