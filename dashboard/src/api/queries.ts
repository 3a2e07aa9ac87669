import { MutationCache, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { answerOf, api } from './client';
import { Refusal } from './refusal';

const FRESH_MS = 15_000;
/** A busy or restarting server answers the second time; a refusal stays one. */
const TRIES = 2;

/**
 * What the pages have asked, kept in memory alone.
 *
 * @param onSignedOut called when an answer says that there is no session any more
 */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown): void => {
    if (error instanceof Refusal && error.status === 401) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { staleTime: FRESH_MS, retry: isWorthRetrying },
      mutations: { retry: false },
    },
  });
}

function isWorthRetrying(failures: number, error: unknown): boolean {
  const isPassing = !(error instanceof Refusal) || error.status === 0 || error.status >= 500;
  return isPassing && failures < TRIES;
}

/** Who is signed in. */
export const me = queryOptions({
  queryKey: ['me'],
  queryFn: () => answerOf(api.GET('/v1/users/me')).then(({ user }) => user),
});

/** The organizations that the signed-in person belongs to, with his role in each. */
export const organizations = queryOptions({
  queryKey: ['organizations'],
  queryFn: () =>
    answerOf(api.GET('/v1/organizations', { params: { query: { limit: 500 } } })).then(
      (answer) => answer.organizations,
    ),
});
