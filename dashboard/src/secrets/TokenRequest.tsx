import { Button, Code, Group, NativeSelect, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconCopy, IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from './CopyField';
import { MASK, tokenCurl } from './curl';
import type { Snippet } from './snippets';
import { loadSnippets, snippetText } from './snippets';
import { TestRequest } from './TestRequest';

/** The curl of Keyo's documentation comes first. */
const DOCUMENTED = 'curl';

/** How an access token is fetched with a Basic credential: a request to copy, and one to send now. */
export function TokenRequest({ basicCredential }: { readonly basicCredential: string }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(DOCUMENTED);
  const [isShown, setIsShown] = useState(false);
  const { data: snippets = [] } = useQuery({
    queryKey: ['snippets'],
    queryFn: loadSnippets,
    staleTime: Infinity,
  });
  const textWith = (credential: string): string => textOf(snippets, chosen, credential);
  const { copy } = useCopy(t('secrets.request'));
  return (
    <Stack gap="sm">
      <Title order={3} size="h5">
        {t('secrets.use')}
      </Title>
      <Group align="flex-end" gap="xs">
        <NativeSelect
          className="grow"
          label={t('secrets.language')}
          value={chosen}
          onChange={(event) => {
            setChosen(event.currentTarget.value);
          }}
          data={[
            { value: DOCUMENTED, label: t('secrets.documented') },
            ...snippets.map(nameOf).map((name) => ({ value: name, label: name })),
          ]}
        />
        <Button
          variant="default"
          leftSection={
            isShown ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />
          }
          aria-pressed={isShown}
          onClick={() => {
            setIsShown(!isShown);
          }}
        >
          {t(isShown ? 'secrets.hide' : 'secrets.show')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconCopy size={16} aria-hidden />}
          onClick={() => {
            copy(textWith(basicCredential));
          }}
        >
          {t('secrets.copyRequest')}
        </Button>
      </Group>
      <Code block className="snippet" tabIndex={0} aria-label={t('secrets.request')}>
        {textWith(isShown ? basicCredential : MASK)}
      </Code>
      <TestRequest call={tokenCall(basicCredential)} />
    </Stack>
  );
}

const nameOf = ({ language, variant }: Snippet): string =>
  language === variant ? language : `${language}: ${variant}`;

function textOf(snippets: readonly Snippet[], chosen: string, credential: string): string {
  const { origin } = window.location;
  const snippet = snippets.find((one) => nameOf(one) === chosen);
  return snippet ? snippetText(snippet, origin, credential) : tokenCurl(origin, credential);
}

function tokenCall(basicCredential: string) {
  return {
    method: 'POST',
    path: '/o/token/',
    headers: {
      Authorization: `Basic ${basicCredential}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  };
}
