import { Anchor, Button, Container, Group, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { IconArrowLeft } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSignOut } from '../shell/use-sign-out';
import { PageHeader } from '../states/PageHeader';
import { Account } from './Account';
import { Look } from './Look';
import { Password } from './Password';
import { Sessions } from './Sessions';

/** What belongs to the person, whatever the organization. */
export function Profile() {
  const { t } = useTranslation();
  const signOut = useSignOut();
  return (
    <Container component="main" size="md" py="lg">
      <Group justify="space-between" mb="md">
        <Anchor component={Link} to="/" underline="always">
          <Group gap={4} component="span">
            <IconArrowLeft size={16} aria-hidden />
            {t('profile.back')}
          </Group>
        </Anchor>
        <Button variant="default" size="xs" onClick={signOut}>
          {t('shell.signOut')}
        </Button>
      </Group>
      <PageHeader title={t('pages.profile')} />
      <Stack gap="lg">
        <Account />
        <Password />
        <Sessions />
        <Look />
      </Stack>
    </Container>
  );
}
