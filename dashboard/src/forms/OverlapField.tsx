import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const HOUR = 3600;
const DAY = 86_400;
const CHOICES = [0, HOUR, DAY, 7 * DAY, 30 * DAY] as const;

/** How long the old secret works beside the new one. In a form it is `overlap`, in seconds. */
export function OverlapField() {
  const { t } = useTranslation();
  const labelOf = (seconds: (typeof CHOICES)[number]): string => {
    if (seconds === 0) return t('overlap.none');
    return seconds === HOUR ? t('overlap.hour') : t('overlap.days', { count: seconds / DAY });
  };
  return (
    <NativeSelect
      name="overlap"
      label={t('overlap.label')}
      description={t('overlap.about')}
      defaultValue={String(DAY)}
      data={CHOICES.map((seconds) => ({ value: String(seconds), label: labelOf(seconds) }))}
    />
  );
}
