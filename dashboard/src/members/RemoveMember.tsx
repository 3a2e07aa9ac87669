import { List, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { me } from '../api/queries';
import { Confirmation } from '../forms/Confirmation';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';
import { useFormat } from '../words/use-format';

/** Removes somebody, or lets one leave, after it has shown what becomes of his keys and clients. */
export function RemoveMember({ memberID: ref }: { readonly memberID: string }) {
  const { t } = useTranslation();
  const { id: orgID, name: organization, role: own } = useOrganization();
  const dialog = useDialog();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { data: self } = useQuery(me);
  const { data: member } = useQuery({
    queryKey: [orgID, 'member', ref],
    queryFn: () =>
      answerOf(
        api.GET('/v1/organizations/{orgID}/members/{ref}', { params: { path: { orgID, ref } } }),
      ).then((answer) => answer.member),
  });
  const remove = useMutation({
    mutationFn: () =>
      answerOf(
        api.DELETE('/v1/organizations/{orgID}/members/{ref}', { params: { path: { orgID, ref } } }),
      ),
    onSuccess: async () => {
      if (member?.user_id === self?.id) {
        queries.clear();
        await navigate({ to: '/' });
        return;
      }
      dialog.close();
      announce(t('members.removed', { name: member?.user.name ?? '' }));
      // What this dialog has asked about him has no answer any more.
      await queries.invalidateQueries({ queryKey: [orgID], refetchType: 'none' });
      await queries.invalidateQueries({ queryKey: [orgID, 'members'] });
    },
  });
  if (!member || !self) return null;
  const isSelf = member.user_id === self.id;
  const { name } = member.user;
  return (
    <Confirmation
      title={t(isSelf ? 'members.leaveTitle' : 'members.removeTitle', { name, organization })}
      action={t(isSelf ? 'members.leave' : 'members.remove')}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={remove.mutate}
      onClose={dialog.close}
    >
      <Text size="sm">{t(isSelf ? 'members.leaveAbout' : 'members.removeAbout', { name })}</Text>
      {own !== 'member' && <Offboarding orgID={orgID} memberRef={ref} />}
    </Confirmation>
  );
}

interface OffboardingProps {
  readonly orgID: string;
  readonly memberRef: string;
}

function Offboarding({ orgID, memberRef: ref }: OffboardingProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useQuery({
    queryKey: [orgID, 'member', ref, 'offboarding'],
    queryFn: () =>
      answerOf(
        api.GET('/v1/organizations/{orgID}/members/{ref}/offboarding', {
          params: { path: { orgID, ref } },
        }),
      ),
  });
  if (!data) return <Text size="sm">{t('states.loading')}</Text>;
  if (data.credentials.length === 0) return <Text size="sm">{t('members.noCredentials')}</Text>;
  return (
    <>
      <Text size="sm" fw={600}>
        {t('members.credentials')}
      </Text>
      <List size="sm">
        {data.credentials.map(({ id, kind, name, on_removal: outcome, last_used_at: used }) => (
          <List.Item key={id}>
            {t(`members.kinds.${kind}`)} <b>{name}</b>: {t(`members.outcomes.${outcome}`)}
            {' · '}
            {used === null
              ? t('fields.neverUsed')
              : t('members.usedWhen', { when: format.relative(used) })}
          </List.Item>
        ))}
      </List>
    </>
  );
}
