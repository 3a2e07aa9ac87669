import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from './client';

/** What the signed-in person may do in an organization, as scopes. */
export const rights = (orgID: string) =>
  queryOptions({
    queryKey: [orgID, 'rights'],
    queryFn: () =>
      answerOf(api.GET('/v1/me', { params: { query: { organization_id: orgID } } })).then(
        ({ principal }) => principal,
      ),
  });

export const projects = (orgID: string) =>
  queryOptions({
    queryKey: [orgID, 'projects'],
    queryFn: () =>
      answerOf(
        api.GET('/v1/projects', { params: { query: { organization_id: orgID, limit: 500 } } }),
      ).then((answer) => answer.projects),
  });

/** The first 500 members, and whether there are more. */
export const firstMembers = (orgID: string) =>
  queryOptions({
    queryKey: [orgID, 'members', 'first'],
    queryFn: () =>
      answerOf(
        api.GET('/v1/organizations/{orgID}/members', {
          params: { path: { orgID }, query: { limit: 500 } },
        }),
      ),
  });

/** Those members, by whose names pages say who did something. */
export const people = (orgID: string) =>
  queryOptions({ ...firstMembers(orgID), select: ({ members }) => members });
