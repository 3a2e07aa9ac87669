import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useDialog } from './use-dialog';

/** Opens the dialog in which a page makes something. */
export function CreateButton({ label }: { readonly label: string }) {
  const dialog = useDialog();
  return (
    <Button
      leftSection={<IconPlus size={18} aria-hidden />}
      onClick={() => {
        dialog.open('create');
      }}
    >
      {label}
    </Button>
  );
}
