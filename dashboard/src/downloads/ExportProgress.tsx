import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../words/use-format';

/** @param props.lines how many have come; null unless an export is on its way */
export function ExportProgress({ lines }: { readonly lines: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Text size="sm" role="status" component="div">
      {lines !== null && t('lists.progress', { lines: format.number(lines) })}
    </Text>
  );
}
