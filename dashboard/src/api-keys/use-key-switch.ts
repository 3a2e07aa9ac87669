import type { InfiniteData } from '@tanstack/react-query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { ApiKey } from '../api/types';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';
import { useReport } from '../states/reports';

interface KeySwitch {
  readonly apiKey: ApiKey;
  readonly isActive: boolean;
}

type KeyPages = InfiniteData<{ readonly api_keys: readonly ApiKey[] }>;

/** Disables or enables a key. It is shown at once and taken back if the server refuses. */
export function useKeySwitch(): (change: KeySwitch) => void {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const report = useReport();
  const queryKey = [orgID, 'api-keys'];
  const { mutate } = useMutation({
    mutationFn: ({ apiKey: { id: keyID }, isActive }: KeySwitch) =>
      answerOf(
        api.PATCH('/v1/organizations/{orgID}/api-keys/{keyID}', {
          params: { path: { orgID, keyID } },
          body: { is_active: isActive },
        }),
      ),
    onMutate: async ({ apiKey: { id }, isActive }) => {
      await queries.cancelQueries({ queryKey });
      const before = queries.getQueriesData<KeyPages>({ queryKey });
      const changed = (key: ApiKey): ApiKey =>
        key.id === id ? { ...key, is_active: isActive } : key;
      queries.setQueriesData<KeyPages>({ queryKey }, (pages) =>
        pages === undefined || !('pages' in pages)
          ? pages
          : {
              ...pages,
              pages: pages.pages.map((page) => ({
                ...page,
                api_keys: page.api_keys.map(changed),
              })),
            },
      );
      return { before };
    },
    onError: (error, _change, kept) => {
      for (const [key, data] of kept?.before ?? []) queries.setQueryData(key, data);
      report(error);
    },
    onSuccess: (_answer, { apiKey: { name }, isActive }) => {
      announce(t(isActive ? 'apiKeys.enabled' : 'apiKeys.disabled', { name }));
    },
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  return mutate;
}
