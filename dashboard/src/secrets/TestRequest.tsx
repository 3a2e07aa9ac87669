import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconSend } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Refusal } from '../api/refusal';
import { Complaint } from '../states/Complaint';
import { indented } from './indented';

/** A request that shows whether a new credential works. */
export interface TestCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends it without the session, as the credential's owner would, and shows the real answer. */
export function TestRequest({ call }: { readonly call: TestCall }) {
  const { t } = useTranslation();
  const test = useMutation({ mutationFn: () => send(call) });
  const { data } = test;
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Button
          variant="light"
          leftSection={<IconSend size={16} aria-hidden />}
          loading={test.isPending}
          onClick={() => {
            test.mutate();
          }}
        >
          {t('secrets.test')}
        </Button>
        <Text size="sm" c="dimmed" className="mono">
          {call.method} {call.path}
        </Text>
      </Group>
      <div role="status">
        {data && (
          <Alert
            role="presentation"
            color={data.isGood ? 'green' : 'red'}
            title={t(data.isGood ? 'secrets.works' : 'secrets.refused', { status: data.status })}
          >
            <Code block className="answer" tabIndex={0} aria-label={t('secrets.answer')}>
              {data.text}
            </Code>
          </Alert>
        )}
      </div>
      {test.error && <Complaint error={test.error} />}
    </Stack>
  );
}

async function send({ method, path, headers, body }: TestCall) {
  const response = await fetch(path, {
    method,
    headers,
    body: body ?? null,
    credentials: 'omit',
    cache: 'no-store',
  }).catch(() => {
    throw Refusal.ofSilence();
  });
  return {
    status: response.status,
    isGood: response.ok,
    text: indented(await response.text()),
  };
}
