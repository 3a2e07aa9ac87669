import { answerOf, api } from '../api/client';
import type { paths } from '../../../dist/api/schema';

type Query = NonNullable<paths['/v1/organizations/{orgID}/api-keys']['get']['parameters']['query']>;

/** What the list can be narrowed and sorted by, as the address of the page has it. */
export const KEY_FILTERS = [
  'q',
  'status',
  'scope',
  'project',
  'creator',
  'unused',
  'sort',
] as const;
export type KeyFilters = Partial<Record<(typeof KEY_FILTERS)[number], string>>;

const PAGE_SIZE = 100;

export function fetchKeys(orgID: string, filters: KeyFilters, cursor: string | undefined) {
  const { q, status, scope, project, creator, unused, sort } = filters;
  const query: Query = {
    limit: PAGE_SIZE,
    ...(cursor !== undefined && { cursor }),
    ...(q !== undefined && { q }),
    ...(status !== undefined && { status: status as NonNullable<Query['status']> }),
    ...(scope !== undefined && { scope }),
    ...(project !== undefined && { project_id: project }),
    ...(creator !== undefined && { created_by_user_id: creator }),
    ...(unused !== undefined && { unused_days: Number(unused) }),
    ...(sort !== undefined && { sort: sort as NonNullable<Query['sort']> }),
  };
  return answerOf(
    api.GET('/v1/organizations/{orgID}/api-keys', { params: { path: { orgID }, query } }),
  );
}

export const fetchKey = (orgID: string, keyID: string) =>
  answerOf(
    api.GET('/v1/organizations/{orgID}/api-keys/{keyID}', { params: { path: { orgID, keyID } } }),
  ).then((answer) => answer.api_key);

export const fetchKeyUsage = (orgID: string, keyID: string, days: number) =>
  answerOf(
    api.GET('/v1/organizations/{orgID}/api-keys/{keyID}/usage', {
      params: { path: { orgID, keyID }, query: { days } },
    }),
  );
