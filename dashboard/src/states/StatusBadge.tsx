import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const COLORS = {
  active: 'green',
  accepted: 'green',
  pending: 'blue',
  disabled: 'orange',
  paused: 'orange',
  expired: 'gray',
  declined: 'gray',
  revoked: 'red',
} as const;

export type Status = keyof typeof COLORS;

/** A state in a word; the colour only repeats it. */
export function StatusBadge({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color={COLORS[status]} className="status">
      {t(`statuses.${status}`)}
    </Badge>
  );
}
