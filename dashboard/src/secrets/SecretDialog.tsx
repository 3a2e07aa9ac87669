import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyField } from './CopyField';
import { downloadText } from '../downloads/download';
import { useSaving } from './use-saving';

/** A value that is shown once. */
export interface ShownValue {
  readonly label: string;
  readonly value: string;
  /** Its name in an `.env` file. */
  readonly variable: string;
}

interface SecretDialogProps {
  readonly title: string;
  readonly values: readonly ShownValue[];
  /** Beneath the values: how they are used. */
  readonly children?: ReactNode;
  readonly onClose: () => void;
}

/**
 * Shows a secret the one time that it is known. Until it was copied, downloaded or said to be saved,
 * neither Escape nor a click beside the dialog nor the Back button takes it away. It is in the memory
 * of this page alone.
 */
export function SecretDialog({ title, values, children, onClose }: SecretDialogProps) {
  const { t } = useTranslation();
  const { isSaved, markSaved } = useSaving();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="xl"
      classNames={{ title: 'dialog-title' }}
      closeOnEscape={isSaved}
      closeOnClickOutside={isSaved}
      withCloseButton={isSaved}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      <Stack gap="md">
        <Alert color="orange" role="note" icon={<IconAlertTriangle aria-hidden />}>
          {t('secrets.once')}
        </Alert>
        {values.map(({ label, value }) => (
          <CopyField key={label} label={label} value={value} onCopied={markSaved} />
        ))}
        {children}
        <Group justify="space-between">
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() => {
              downloadText('keycap.env', envOf(values));
              markSaved();
            }}
          >
            {t('secrets.download')}
          </Button>
          <Button
            onClick={() => {
              markSaved();
              onClose();
            }}
          >
            {t('secrets.saved')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** None of the values has characters that an `.env` file would need quotes for. */
function envOf(values: readonly ShownValue[]): string {
  return values.map(({ variable, value }) => `${variable}=${value}\n`).join('');
}
