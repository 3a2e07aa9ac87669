import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import { useIssuing } from '../credentials/use-issuing';
import type { Values } from '../forms/Form';
import { fieldError } from '../forms/Form';
import { FormDialog } from '../forms/FormDialog';
import { useDialog } from '../forms/use-dialog';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';
import { InvitationLink } from './InvitationLink';

const DAYS = [1, 7, 30] as const;
const DEFAULT_DAYS = 7;

export function InviteOne() {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const dialog = useDialog();
  const announce = useAnnounce();
  const invite = useIssuing(
    ({ email = '', role, days, mail }: Values) =>
      answerOf(
        api.POST('/v1/organizations/{orgID}/invitations', {
          params: { path: { orgID } },
          body: {
            email,
            role: role === 'admin' ? 'admin' : 'member',
            expires_in_days: Number(days),
            send_email: mail === 'on',
          },
        }),
      ),
    ({ invitation: { email } }) => {
      announce(t('invitations.invited', { email }));
    },
  );
  if (invite.data) {
    return (
      <InvitationLink
        email={invite.data.invitation.email}
        url={invite.data.accept_url}
        onClose={dialog.close}
      />
    );
  }
  return (
    <FormDialog
      title={t('invitations.inviteTitle')}
      action={t('invitations.invite')}
      sending={invite}
      onClose={dialog.close}
    >
      <TextInput
        name="email"
        type="email"
        label={t('signIn.email')}
        error={fieldError(invite.error, 'email')}
        autoComplete="off"
        required
        data-autofocus
      />
      <NativeSelect
        name="role"
        label={t('fields.role')}
        description={t('invitations.roleAbout')}
        defaultValue="member"
        data={[
          { value: 'member', label: t('roles.member') },
          { value: 'admin', label: t('roles.admin') },
        ]}
      />
      <NativeSelect
        name="days"
        label={t('invitations.validFor')}
        defaultValue={String(DEFAULT_DAYS)}
        data={DAYS.map((days) => ({
          value: String(days),
          label: t('expiry.days', { count: days }),
        }))}
      />
      <Checkbox
        name="mail"
        defaultChecked
        label={t('invitations.mail')}
        description={t('invitations.mailAbout')}
      />
    </FormDialog>
  );
}
