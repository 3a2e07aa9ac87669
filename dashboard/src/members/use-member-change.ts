import type { InfiniteData } from '@tanstack/react-query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerOf, api } from '../api/client';
import type { Member } from '../api/types';
import { useOrganization } from '../organizations/use-organization';
import { useAnnounce } from '../states/announcements';
import { useReport } from '../states/reports';
import type { Role } from './roles';

interface MemberChange {
  readonly member: Member;
  readonly role?: Role;
  readonly status?: Member['status'];
}

type MemberPages = InfiniteData<{ readonly members: readonly Member[] }>;

/** Changes a role or a status: shown at once, and taken back with the reason if it is refused. */
export function useMemberChange(): (change: MemberChange) => void {
  const { t } = useTranslation();
  const { id: orgID } = useOrganization();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const report = useReport();
  const queryKey = [orgID, 'members'];
  const { mutate } = useMutation({
    mutationFn: ({ member: { id: ref }, role, status }: MemberChange) =>
      answerOf(
        api.PATCH('/v1/organizations/{orgID}/members/{ref}', {
          params: { path: { orgID, ref } },
          body: { ...(role && { role }), ...(status && { status }) },
        }),
      ),
    onMutate: async ({ member, role, status }) => {
      await queries.cancelQueries({ queryKey });
      const before = queries.getQueriesData<MemberPages>({ queryKey });
      const changed = (one: Member): Member =>
        one.id === member.id
          ? { ...one, role: role ?? one.role, status: status ?? one.status }
          : one;
      queries.setQueriesData<MemberPages>({ queryKey }, (pages) =>
        pages === undefined || !('pages' in pages)
          ? pages
          : {
              ...pages,
              pages: pages.pages.map((page) => ({ ...page, members: page.members.map(changed) })),
            },
      );
      return { before };
    },
    onError: (error, _change, kept) => {
      for (const [key, data] of kept?.before ?? []) queries.setQueryData(key, data);
      report(error);
    },
    onSuccess: (_answer, { member: { user }, role, status }) => {
      const { name } = user;
      if (role) announce(t('members.roleChanged', { name, role: t(`roles.${role}`) }));
      if (status) announce(t(status === 'paused' ? 'members.paused' : 'members.resumed', { name }));
    },
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  return mutate;
}
