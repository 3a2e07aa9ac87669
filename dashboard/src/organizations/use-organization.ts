import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { rights } from '../api/organization-queries';
import type { Organization } from '../api/types';

const route = getRouteApi('/signed-in/orgs/$slug');

/** The organization in the address, with the role of who is signed in. */
export function useOrganization(): Organization {
  return route.useRouteContext({ select: ({ organization }) => organization });
}

/** Whether the person may do what a scope names there; false until that is known. */
export function useMay(): (scope: string) => boolean {
  const { id } = useOrganization();
  const { data } = useQuery(rights(id));
  return (scope) => data?.scopes.includes(scope) ?? false;
}

/** Whether the person manages the organization there, as owners and admins do. */
export function useIsAdmin(): boolean {
  return useOrganization().role !== 'member';
}
