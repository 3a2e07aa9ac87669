import { Button, Group, NativeSelect, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { people } from '../api/organization-queries';
import { organizations } from '../api/queries';
import { Confirmation } from '../forms/Confirmation';
import { Dialog } from '../forms/Dialog';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { activeKeyCount, clientCount, memberCount } from '../overview/overview-queries';
import { useAnnounce } from '../states/announcements';

/** Handing the organization over, and deleting it: an owner's business. */
export function DangerZone() {
  const { t } = useTranslation();
  const dialog = useDialog();
  return (
    <Paper withBorder p="lg" component="section" className="danger">
      <Title order={2} size="h4" mb="md">
        {t('settings.danger')}
      </Title>
      <Stack gap="md">
        <Group justify="space-between" gap="sm">
          <Text size="sm" className="danger-text">
            {t('settings.transferAbout')}
          </Text>
          <Button
            variant="default"
            onClick={() => {
              dialog.open('transfer');
            }}
          >
            {t('settings.transfer')}
          </Button>
        </Group>
        <Group justify="space-between" gap="sm">
          <Text size="sm" className="danger-text">
            {t('settings.deleteAbout')}
          </Text>
          <Button
            color="red"
            onClick={() => {
              dialog.open('delete');
            }}
          >
            {t('settings.delete')}
          </Button>
        </Group>
      </Stack>
      {dialog.name === 'transfer' && <TransferOwnership />}
      {dialog.name === 'delete' && <DeleteOrganization />}
    </Paper>
  );
}

function TransferOwnership() {
  const { t } = useTranslation();
  const { id: orgID, slug } = useOrganization();
  const dialog = useDialog();
  const queries = useQueryClient();
  const router = useRouter();
  const announce = useAnnounce();
  const { data: members = [] } = useQuery(people(orgID));
  const others = members.filter(({ role, status }) => role !== 'owner' && status === 'active');
  const [chosen, setChosen] = useState<string>();
  const userID = chosen ?? others[0]?.user_id;
  const transfer = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/organizations/{orgID}/transfer-ownership', {
          params: { path: { orgID } },
          body: { user_id: userID ?? '' },
        }),
      ),
    onSuccess: async ({ member: { user } }) => {
      dialog.close();
      announce(t('settings.transferred', { name: user.name }));
      await queries.invalidateQueries();
      await router.invalidate();
    },
  });
  if (userID === undefined) {
    return (
      <Dialog title={t('settings.transfer')} opened onClose={dialog.close}>
        <Text size="sm">{t('settings.nobody')}</Text>
      </Dialog>
    );
  }
  return (
    <Confirmation
      title={t('settings.transfer')}
      action={t('settings.transfer')}
      typed={slug}
      isBusy={transfer.isPending}
      error={transfer.error}
      onConfirm={transfer.mutate}
      onClose={dialog.close}
    >
      <Text size="sm">{t('settings.transferAbout')}</Text>
      <NativeSelect
        label={t('settings.newOwner')}
        value={userID}
        data={others.map(({ user_id: id, user }) => ({
          value: id,
          label: user.email === null ? user.name : `${user.name} (${user.email})`,
        }))}
        onChange={(event) => {
          setChosen(event.currentTarget.value);
        }}
      />
    </Confirmation>
  );
}

function DeleteOrganization() {
  const { t } = useTranslation();
  const { id: orgID, name, slug } = useOrganization();
  const dialog = useDialog();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { data: members } = useQuery(memberCount(orgID));
  const { data: keys } = useQuery(activeKeyCount(orgID));
  const { data: clients } = useQuery(clientCount(orgID));
  const remove = useMutation({
    mutationFn: () =>
      answerOf(
        api.DELETE('/v1/organizations/{orgID}', {
          params: { path: { orgID } },
          body: { confirm: slug },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: organizations.queryKey });
      await navigate({ to: '/' });
    },
  });
  return (
    <Confirmation
      title={t('settings.deleteTitle', { name })}
      action={t('settings.delete')}
      typed={slug}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={remove.mutate}
      onClose={dialog.close}
    >
      <Text size="sm">{t('settings.deleteAbout')}</Text>
      {members && keys && clients && (
        <Text size="sm" fw={600}>
          {t('settings.deleteCounts', {
            members: members.number,
            keys: keys.number,
            clients: clients.number,
          })}
        </Text>
      )}
    </Confirmation>
  );
}
