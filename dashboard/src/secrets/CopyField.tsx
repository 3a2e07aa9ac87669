import { Button, Group, TextInput } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../states/announcements';

interface CopyFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onCopied?: () => void;
}

/** A value to take along: a labelled field that can't be changed, and a button that copies it. */
export function CopyField({ label, value, onCopied }: CopyFieldProps) {
  const { t } = useTranslation();
  const { copied, copy } = useCopy(label, onCopied);
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput
        className="grow"
        classNames={{ input: 'mono' }}
        label={label}
        value={value}
        readOnly
        onFocus={(event) => {
          event.currentTarget.select();
        }}
        // By hand is copied as well.
        onCopy={onCopied}
      />
      <Button
        variant="default"
        px="sm"
        aria-label={t('secrets.copy', { label })}
        onClick={() => {
          copy(value);
        }}
      >
        {copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
      </Button>
    </Group>
  );
}

/** Copies and says so. @param label what it is that is copied */
export function useCopy(label: string, onCopied?: () => void) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const clipboard = useClipboard({ timeout: 2000 });
  const copy = (text: string): void => {
    clipboard.copy(text);
    announce(t('secrets.copied', { label }));
    onCopied?.();
  };
  return { copied: clipboard.copied, copy };
}
