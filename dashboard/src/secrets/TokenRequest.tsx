import { Button, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MASK, tokenCurl } from './curl';
import { RequestCode } from './RequestCode';
import { loadTokenSnippets, nameOf, tokenText } from './snippets';
import { TestRequest } from './TestRequest';

/** How an access token is fetched with a Basic credential: a request to copy, and one to send now. */
export function TokenRequest({ basicCredential }: { readonly basicCredential: string }) {
  const { t } = useTranslation();
  const [isShown, setIsShown] = useState(false);
  const { data: snippets = [] } = useQuery({
    queryKey: ['token-snippets'],
    queryFn: loadTokenSnippets,
    staleTime: Infinity,
  });
  const { origin } = window.location;
  const textWith = (credential: string) => (language: string) => {
    const snippet = snippets.find((one) => nameOf(one) === language);
    return snippet ? tokenText(snippet, origin, credential) : tokenCurl(origin, credential);
  };
  return (
    <Stack gap="sm">
      <Title order={3} size="h5">
        {t('secrets.use')}
      </Title>
      <RequestCode
        languages={[t('secrets.documented'), ...snippets.map(nameOf)]}
        shown={textWith(isShown ? basicCredential : MASK)}
        copied={textWith(basicCredential)}
      >
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
      </RequestCode>
      <TestRequest call={tokenCall(basicCredential)} />
    </Stack>
  );
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
