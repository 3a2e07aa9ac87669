import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { OAuthClient } from '../api/types';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';
import { useReport } from '../states/reports';

interface ClientSwitch {
  readonly client: OAuthClient;
  readonly isActive: boolean;
}

/** Disables or enables a client. */
export function useClientSwitch(): (change: ClientSwitch) => void {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const report = useReport();
  const { mutate } = useMutation({
    mutationFn: ({ client: { client_id: clientID }, isActive }: ClientSwitch) =>
      answerOf(
        api.PATCH('/v1/organizations/{orgID}/oauth-clients/{clientID}', {
          params: { path: { orgID, clientID } },
          body: { is_active: isActive },
        }),
      ),
    onError: report,
    onSuccess: async (_answer, { client: { name }, isActive }) => {
      announce(t(isActive ? 'apiKeys.enabled' : 'apiKeys.disabled', { name }));
      await queries.invalidateQueries({ queryKey: [orgID, 'oauth-clients'] });
    },
  });
  return mutate;
}
