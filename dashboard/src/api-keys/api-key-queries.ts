import { answerOf, api } from '../api/client';
import type { ApiKey } from '../api/types';
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
/** The most that the API answers at once. */
const EXPORT_PAGE_SIZE = 1000;

/** A page of the list, each key with its use. */
export const fetchKeys = (orgID: string, filters: KeyFilters, cursor: string | undefined) =>
  fetchPage(orgID, filters, { limit: PAGE_SIZE, include: 'usage', cursor });

/** @param onCount told how many have come */
export async function fetchAllKeys(
  orgID: string,
  filters: KeyFilters,
  onCount: (count: number) => void,
): Promise<ApiKey[]> {
  const keys: ApiKey[] = [];
  let cursor: string | undefined;
  do {
    const page = await fetchPage(orgID, filters, { limit: EXPORT_PAGE_SIZE, cursor });
    keys.push(...page.api_keys);
    onCount(keys.length);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return keys;
}

interface PageRequest {
  readonly limit: number;
  readonly include?: 'usage';
  readonly cursor: string | undefined;
}

function fetchPage(orgID: string, filters: KeyFilters, { limit, include, cursor }: PageRequest) {
  const { q, status, scope, project, creator, unused, sort } = filters;
  const query: Query = {
    limit,
    ...(include !== undefined && { include }),
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
