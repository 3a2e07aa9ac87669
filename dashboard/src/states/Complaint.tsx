import { Alert, Button, Code, Group, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Refusal } from '../api/refusal';

interface ComplaintProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong (`role="alert"`), with the request id by which operators find it. */
export function Complaint({ error, onRetry }: ComplaintProps) {
  const { t } = useTranslation();
  const sentence = useSentence(error);
  const requestId = error instanceof Refusal ? error.requestId : null;
  return (
    <Alert color="red" icon={<IconAlertCircle aria-hidden />} title={sentence} my="sm">
      {requestId !== null && (
        <Text size="sm">
          {t('states.requestId')} <Code>{requestId}</Code>
        </Text>
      )}
      {onRetry && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('states.retry')}
          </Button>
        </Group>
      )}
    </Alert>
  );
}

/** The page's own words for what people meet, else the API's sentence. */
function useSentence(error: unknown): string {
  const { t, i18n } = useTranslation();
  if (!(error instanceof Refusal)) return t('states.broken');
  if (error.retryAfter !== null) return t('refusals.wait', { seconds: error.retryAfter });
  const key = `refusals.${error.code}`;
  if (i18n.exists(key)) return i18n.t(key, { defaultValue: error.message });
  return error.message === '' ? t('states.broken') : error.message;
}
