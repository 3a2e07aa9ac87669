import { Button, Code, Group, NativeSelect } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from './CopyField';

interface RequestCodeProps {
  /** The languages to choose from; the first is chosen. */
  readonly languages: readonly string[];
  /** The request in a language. */
  readonly shown: (language: string) => string;
  /** What is copied of it, where more is shown than that. */
  readonly copied?: (language: string) => string;
  /** Further buttons. */
  readonly children?: ReactNode;
}

/** A request as a program sends it, in the language that one chooses. */
export function RequestCode({ languages, shown, copied = shown, children }: RequestCodeProps) {
  const { t } = useTranslation();
  const [chosen = languages[0] ?? '', choose] = useState<string>();
  const { copy } = useCopy(t('secrets.request'));
  return (
    <>
      <Group align="flex-end" gap="xs">
        <NativeSelect
          className="grow"
          label={t('secrets.language')}
          value={chosen}
          onChange={(event) => {
            choose(event.currentTarget.value);
          }}
          data={[...languages]}
        />
        {children}
        <Button
          variant="default"
          leftSection={<IconCopy size={16} aria-hidden />}
          onClick={() => {
            copy(copied(chosen));
          }}
        >
          {t('secrets.copyRequest')}
        </Button>
      </Group>
      <Code block className="snippet" tabIndex={0} aria-label={t('secrets.request')}>
        {shown(chosen)}
      </Code>
    </>
  );
}
