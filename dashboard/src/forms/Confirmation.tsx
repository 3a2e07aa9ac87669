import { Button, Stack, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Complaint } from '../states/Complaint';
import { Dialog, DialogButtons } from './Dialog';

interface ConfirmationProps {
  readonly title: string;
  /** What will happen, from data. */
  readonly children: ReactNode;
  /** Such as "Revoke". */
  readonly action: string;
  /** What has to be typed first, for what can't be taken back. */
  readonly typed?: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that hurts is done. */
export function Confirmation(props: ConfirmationProps) {
  const { title, children, action, typed, isBusy, error, onConfirm, onClose } = props;
  const { t } = useTranslation();
  const [text, setText] = useState('');
  return (
    <Dialog title={title} opened onClose={onClose} size="md">
      <Stack gap="sm">
        {children}
        {typed !== undefined && (
          <TextInput
            label={t('actions.typeToConfirm', { text: typed })}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
            }}
            autoComplete="off"
            data-autofocus
          />
        )}
        {Boolean(error) && <Complaint error={error} />}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button
            color="red"
            loading={isBusy}
            disabled={typed !== undefined && text !== typed}
            onClick={onConfirm}
          >
            {action}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  );
}
