import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '../api/client';
import { firstMembers } from '../api/organization-queries';

const DAYS = 30;
/** The most that a page of a list holds. */
const MOST = 500;

/** How many there are: exactly, or at least so many where the list goes on. */
export interface Count {
  readonly number: number;
  readonly isAtLeast: boolean;
}

const countOf = (rows: readonly unknown[], next: string | null): Count => ({
  number: rows.length,
  isAtLeast: next !== null,
});

export const usage = (orgID: string) =>
  queryOptions({
    queryKey: [orgID, 'usage', DAYS],
    queryFn: () =>
      answerOf(
        api.GET('/v1/organizations/{orgID}/usage', {
          params: { path: { orgID }, query: { days: DAYS } },
        }),
      ).then(({ days }) => days.toSorted((one, other) => (one.date < other.date ? -1 : 1))),
  });

export const attention = (orgID: string) =>
  queryOptions({
    queryKey: [orgID, 'attention'],
    queryFn: () =>
      answerOf(
        api.GET('/v1/organizations/{orgID}/attention', { params: { path: { orgID } } }),
      ).then(({ items }) => items),
  });

export const memberCount = (orgID: string) =>
  queryOptions({
    ...firstMembers(orgID),
    select: ({ members, next_cursor: next }) => countOf(members, next),
  });

/** Of those that can still be accepted; whether there is one is all that is asked. */
export const openInvitationCount = (orgID: string) =>
  queryOptions({
    queryKey: [orgID, 'invitations', 'open'],
    queryFn: () =>
      answerOf(
        api.GET('/v1/organizations/{orgID}/invitations', {
          params: { path: { orgID }, query: { limit: 1, status: 'pending' } },
        }),
      ).then((answer) => countOf(answer.invitations, answer.next_cursor)),
  });

export const activeKeyCount = (orgID: string) =>
  queryOptions({
    queryKey: [orgID, 'api-keys', 'count'],
    queryFn: () =>
      answerOf(
        api.GET('/v1/organizations/{orgID}/api-keys', {
          params: { path: { orgID }, query: { limit: MOST, status: 'active' } },
        }),
      ).then((answer) => countOf(answer.api_keys, answer.next_cursor)),
  });

const firstClients = (orgID: string) =>
  queryOptions({
    queryKey: [orgID, 'oauth-clients', 'first'],
    queryFn: () =>
      answerOf(
        api.GET('/v1/organizations/{orgID}/oauth-clients', {
          params: { path: { orgID }, query: { limit: MOST } },
        }),
      ),
  });

export const clientCount = (orgID: string) =>
  queryOptions({
    ...firstClients(orgID),
    select: ({ oauth_clients: clients, next_cursor: next }) => countOf(clients, next),
  });

/** Names of what needs attention, by id. */
export const clientNames = (orgID: string) =>
  queryOptions({
    ...firstClients(orgID),
    select: ({ oauth_clients: clients }) =>
      Object.fromEntries(clients.map(({ client_id: id, name }) => [id, name])),
  });
