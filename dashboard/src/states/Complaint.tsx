import { Alert, Button, Code, Group, Text } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Refusal } from '../api/refusal';

interface ComplaintProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** Where the API's sentence says more than the page's own: which scopes nobody may hand out. */
const TELLING = new Set(['scope_exceeds_creator']);

/**
 * What went wrong (`role="alert"`), with the request id by which operators find it, and the way to a
 * fresh sign-in where one is asked for.
 */
export function Complaint({ error, onRetry }: ComplaintProps) {
  const { t } = useTranslation();
  const sentence = useSentence(error);
  const requestId = error instanceof Refusal ? error.requestId : null;
  return (
    <Alert color="red" icon={<IconAlertCircle aria-hidden />} title={sentence} my="sm">
      {error instanceof Refusal && TELLING.has(error.code) && (
        <Text size="sm">{error.message}</Text>
      )}
      {requestId !== null && (
        <Text size="sm">
          {t('states.requestId')} <Code>{requestId}</Code>
        </Text>
      )}
      {error instanceof Refusal && error.code === 'reauth_required' && <SignInAgain />}
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

/** Leads to the sign-in page, and from there back to where one is, with the dialog that is open. */
function SignInAgain() {
  const { t } = useTranslation();
  const next = useLocation({ select: ({ publicHref }) => publicHref });
  return (
    <Button
      component={Link}
      to="/sign-in"
      search={{ next } as never}
      size="xs"
      variant="default"
      mt="xs"
    >
      {t('states.signInAgain')}
    </Button>
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
