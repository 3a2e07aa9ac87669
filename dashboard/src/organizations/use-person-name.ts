import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { people } from '../api/organization-queries';
import { useOrganization } from './use-organization';

/** Names by the ids of users, as far as they are members; undefined for all others. */
export function usePersonName(): (userId: string | null) => string | undefined {
  const { id: orgID } = useOrganization();
  const { data: members } = useQuery(people(orgID));
  return useCallback(
    (userId) => members?.find((member) => member.user_id === userId)?.user.name,
    [members],
  );
}
