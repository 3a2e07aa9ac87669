import type { QueryKey } from '@tanstack/react-query';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';

interface Page {
  readonly next_cursor: string | null;
}

export interface Pages<Row> {
  /** Undefined until the first page is there. */
  readonly rows: readonly Row[] | undefined;
  readonly error: unknown;
  readonly retry: () => void;
  /** Asks for more, where there is more on the server. */
  readonly onEnd: (() => void) | undefined;
}

/**
 * A list that the server gives in pages, as far as it has been looked at.
 *
 * @param fetchPage asks for the page at a cursor, the first one without
 * @param isAllowed whether to ask at all
 */
export function usePages<Answer extends Page, Row>(
  queryKey: QueryKey,
  fetchPage: (cursor: string | undefined) => Promise<Answer>,
  rowsOf: (answer: Answer) => readonly Row[],
  isAllowed = true,
): Pages<Row> {
  const query = useInfiniteQuery({
    queryKey,
    enabled: isAllowed,
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (answer) => answer.next_cursor ?? undefined,
  });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage, refetch, error } = query;
  const rows = useMemo(() => data?.pages.flatMap((page) => [...rowsOf(page)]), [data, rowsOf]);
  const loadMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const retry = useCallback(() => {
    void refetch();
  }, [refetch]);
  return { rows, error: data ? null : error, retry, onEnd: hasNextPage ? loadMore : undefined };
}
