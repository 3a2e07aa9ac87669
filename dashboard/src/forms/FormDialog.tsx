import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog, DialogButtons } from './Dialog';
import type { Values } from './Form';
import { Form } from './Form';

interface FormDialogProps {
  readonly title: string;
  /** What sending it does, such as "Create". */
  readonly action: string;
  readonly size?: string;
  /** What sends it, as far as that is. */
  readonly sending: {
    readonly mutate: (values: Values) => void;
    readonly isPending: boolean;
    readonly error: unknown;
  };
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A form to be sent or left. */
export function FormDialog({
  title,
  action,
  sending,
  onClose,
  children,
  ...size
}: FormDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={title} opened onClose={onClose} {...size}>
      <Form onSubmit={sending.mutate} error={sending.error}>
        {children}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={sending.isPending}>
            {action}
          </Button>
        </DialogButtons>
      </Form>
    </Dialog>
  );
}
