import { Text } from '@mantine/core';
import type { Values } from '../forms/Form';
import { FormDialog } from '../forms/FormDialog';
import { OverlapField } from '../forms/OverlapField';
import { useDialog } from '../forms/use-dialog';
import { useIssuing } from './use-issuing';

interface RotateCredentialProps<Answer> {
  readonly title: string;
  readonly about: string;
  readonly action: string;
  readonly rotate: (body: { readonly overlap_seconds: number }) => Promise<Answer>;
  readonly onRotated: (answer: Answer) => void;
}

/** Asks how long the old secret works beside the new one. */
export function RotateCredential<Answer>(props: RotateCredentialProps<Answer>) {
  const { title, about, action, rotate, onRotated } = props;
  const dialog = useDialog();
  const sending = useIssuing(
    ({ overlap = '' }: Values) => rotate({ overlap_seconds: Number(overlap) }),
    onRotated,
  );
  return (
    <FormDialog title={title} action={action} sending={sending} onClose={dialog.close}>
      <Text size="sm">{about}</Text>
      <OverlapField />
    </FormDialog>
  );
}
