import { Group, Paper, SegmentedControl, Text, Title, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LanguageChoice } from '../words/LanguageChoice';

/** Language and theme, which this browser remembers. */
export function Look() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} size="h4" mb="sm">
        {t('profile.look')}
      </Title>
      <Group align="flex-end" gap="lg">
        <LanguageChoice label={t('profile.language')} />
        <div>
          <Text size="sm" fw={500} id="theme-label">
            {t('profile.theme')}
          </Text>
          <SegmentedControl
            aria-labelledby="theme-label"
            value={colorScheme}
            onChange={(value) => {
              setColorScheme(value);
            }}
            data={(['light', 'dark', 'auto'] as const).map((value) => ({
              value,
              label: t(`profile.themes.${value}`),
            }))}
          />
        </div>
      </Group>
    </Paper>
  );
}
