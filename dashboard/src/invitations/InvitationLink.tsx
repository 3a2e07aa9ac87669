import { useTranslation } from 'react-i18next';
import { SecretDialog } from '../secrets/SecretDialog';

interface InvitationLinkProps {
  readonly email: string;
  readonly url: string;
  readonly onClose: () => void;
}

/** The link, for handing over by other means than mail. */
export function InvitationLink({ email, url, onClose }: InvitationLinkProps) {
  const { t } = useTranslation();
  return (
    <SecretDialog
      title={t('invitations.linkTitle', { email })}
      values={[{ label: t('invitations.link'), value: url, variable: 'KEYCAP_INVITATION_LINK' }]}
      onClose={onClose}
    />
  );
}
