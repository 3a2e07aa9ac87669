import { Stack } from '@mantine/core';
import type { SubmitEvent, ReactNode } from 'react';
import { Refusal } from '../api/refusal';
import { Complaint } from '../states/Complaint';

/** What a form holds, by the names of its fields. */
export type Values = Readonly<Record<string, string>>;

interface FormProps {
  readonly onSubmit: (values: Values) => void;
  /** Why the last try was refused. Complaints about fields stand at the fields. */
  readonly error?: unknown;
  readonly children: ReactNode;
}

/** A form of native fields, so that password managers and the keyboard know their way. */
export function Form({ onSubmit, error, children }: FormProps) {
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)].filter(isText);
    onSubmit(Object.fromEntries(entries));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {children}
        {Boolean(error) && <Complaint error={error} />}
      </Stack>
    </form>
  );
}

/** Files are read by pages of their own. */
function isText(entry: [string, FormDataEntryValue]): entry is [string, string] {
  return typeof entry[1] === 'string';
}

/** What the API says about one field of what was sent. */
export function fieldError(error: unknown, name: string): string | undefined {
  return error instanceof Refusal ? error.field(name) : undefined;
}
