import { Button, FileButton, Group, Text, Textarea } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { InvitationRow } from './rows';

interface AddressesProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly isDisabled: boolean;
}

/** Where they are typed, or read from a file. */
export function Addresses({ text, onChange, isDisabled }: AddressesProps) {
  const { t } = useTranslation();
  return (
    <>
      <Textarea
        label={t('invitations.addresses')}
        description={t('invitations.addressesAbout')}
        value={text}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
        disabled={isDisabled}
        autosize
        minRows={5}
        maxRows={12}
        placeholder={'ada@example.com\ngrace@example.com,admin'}
        data-autofocus
      />
      <Group mt="sm">
        <FileButton
          accept="text/csv,text/plain"
          disabled={isDisabled}
          inputProps={{ 'aria-label': t('invitations.file') }}
          onChange={(file) => {
            void file?.text().then(onChange);
          }}
        >
          {(props) => (
            <Button
              {...props}
              variant="default"
              size="xs"
              disabled={isDisabled}
              leftSection={<IconUpload size={16} aria-hidden />}
            >
              {t('invitations.file')}
            </Button>
          )}
        </FileButton>
      </Group>
    </>
  );
}

interface DryRunProps {
  readonly rows: readonly InvitationRow[];
  readonly goodCount: number;
}

/** What would happen, before anything does. */
export function DryRun({ rows, goodCount }: DryRunProps) {
  const { t } = useTranslation();
  const bad = rows.filter(({ problem }) => problem !== null);
  if (rows.length === 0) return null;
  return (
    <div role="status" className="dry-run">
      <Text size="sm" fw={600} mt="md">
        {t('invitations.dryRun', { good: goodCount, bad: bad.length })}
      </Text>
      {bad.map(({ email, problem }, index) => (
        <Text key={[index, email].join(' ')} size="sm">
          {email}: {problem !== null && t(`invitations.problems.${problem}`)}
        </Text>
      ))}
    </div>
  );
}
