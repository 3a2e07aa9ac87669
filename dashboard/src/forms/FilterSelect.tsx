import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFilterChange } from './use-filters';

interface FilterSelectProps {
  /** What the address of the page calls it. */
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** Narrows the list of a page to one of the options, or to none of them. */
export function FilterSelect({ name, label, value = '', options }: FilterSelectProps) {
  const { t } = useTranslation();
  const change = useFilterChange();
  return (
    <NativeSelect
      aria-label={label}
      maw={240}
      value={value}
      data={[{ value: '', label: `${label}: ${t('lists.any')}` }, ...options]}
      onChange={(event) => {
        change({ [name]: event.currentTarget.value });
      }}
    />
  );
}
