import { useNavigate, useSearch } from '@tanstack/react-router';

/** The dialog that a page's address says is open, and what it is about. */
export interface OpenDialog {
  readonly name: string | undefined;
  /** An id. */
  readonly of: string | undefined;
  readonly open: (name: string, of?: string) => void;
  readonly close: () => void;
}

/** Dialogs are in the address, so that Back closes them and a link opens them. */
export function useDialog(): OpenDialog {
  const navigate = useNavigate();
  const { dialog: name, of } = useSearch({ strict: false });
  const go = (dialog: string | undefined, subject: string | undefined): void => {
    void navigate({
      to: '.',
      search: (before: object) => ({ ...before, dialog, of: subject }),
      resetScroll: false,
    });
  };
  return {
    name,
    of,
    open: (dialog, subject) => {
      go(dialog, subject);
    },
    close: () => {
      go(undefined, undefined);
    },
  };
}
