import { Anchor, Button, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { Complaint } from '../states/Complaint';
import { Entrance } from './Entrance';
import { useFragmentToken } from './fragment-token';

/** Behind the link of a mail that proves an address. A click, since mail programs open links too. */
export function VerifyEmail() {
  const { t } = useTranslation();
  const token = useFragmentToken();
  const verify = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/email-verifications/confirm', { body: { token } })),
  });
  return (
    <Entrance title={t('verify.title')} about={verify.isSuccess ? undefined : t('verify.about')}>
      {verify.isSuccess ? (
        <Text role="status" mb="md">
          {t('verify.done')}
        </Text>
      ) : (
        <Button
          fullWidth
          loading={verify.isPending}
          onClick={() => {
            verify.mutate();
          }}
        >
          {t('verify.submit')}
        </Button>
      )}
      {verify.error && <Complaint error={verify.error} />}
      <Text ta="center" mt="md" size="sm">
        <Anchor component={Link} to="/" underline="always">
          {t('verify.on')}
        </Anchor>
      </Text>
    </Entrance>
  );
}
