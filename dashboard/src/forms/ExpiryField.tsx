import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../states/use-now';

const DAY_MS = 86_400_000;
const PRESETS = ['never', '7', '30', '90', '365', 'custom'] as const;
type Preset = (typeof PRESETS)[number];

/**
 * When something ends: after so many days, or on a day of one's own. In a form it is the fields
 * `expiry` and `expiry_date`, which `expiryOf` reads.
 */
export function ExpiryField({ error }: { readonly error: string | undefined }) {
  const { t } = useTranslation();
  const now = useNow();
  const [preset, setPreset] = useState<Preset>('90');
  return (
    <Group align="flex-end" grow>
      <NativeSelect
        name="expiry"
        label={t('expiry.label')}
        error={error}
        value={preset}
        onChange={(event) => {
          setPreset(event.currentTarget.value as Preset);
        }}
        data={PRESETS.map((value) => ({
          value,
          label:
            value === 'never' || value === 'custom'
              ? t(`expiry.${value}`)
              : t('expiry.days', { count: Number(value) }),
        }))}
      />
      {preset === 'custom' && (
        <TextInput
          type="date"
          name="expiry_date"
          label={t('expiry.date')}
          min={new Date(now + DAY_MS).toISOString().slice(0, 10)}
          required
        />
      )}
    </Group>
  );
}

/** @returns RFC 3339, or null for never */
export function expiryOf(values: Readonly<Record<string, string>>): string | null {
  const { expiry = 'never', expiry_date: date = '' } = values;
  if (expiry === 'never') return null;
  if (expiry === 'custom') return new Date(`${date}T23:59:59`).toISOString();
  return new Date(Date.now() + Number(expiry) * DAY_MS).toISOString();
}
