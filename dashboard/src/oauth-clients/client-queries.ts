import { answerOf, api } from '../api/client';

const PAGE_SIZE = 100;

export const fetchClients = (orgID: string, cursor: string | undefined) =>
  answerOf(
    api.GET('/v1/organizations/{orgID}/oauth-clients', {
      params: {
        path: { orgID },
        query: { limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) },
      },
    }),
  );

export const fetchClient = (orgID: string, clientID: string) =>
  answerOf(
    api.GET('/v1/organizations/{orgID}/oauth-clients/{clientID}', {
      params: { path: { orgID, clientID } },
    }),
  ).then((answer) => answer.oauth_client);

export const fetchSecrets = (orgID: string, clientID: string) =>
  answerOf(
    api.GET('/v1/organizations/{orgID}/oauth-clients/{clientID}/secrets', {
      params: { path: { orgID, clientID } },
    }),
  ).then((answer) => answer.client_secrets);
