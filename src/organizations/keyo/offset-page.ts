/** Django REST Framework's `LimitOffsetPagination`: garbage falls back in silence. */
export interface OffsetPage {
  readonly limit: number;
  readonly offset: number;
}

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 500;

export function offsetPageOf(query: URLSearchParams): OffsetPage {
  // As Django reads a query: of a parameter that comes twice the last one counts.
  const limit = wholeNumber(query.getAll('limit').at(-1));
  return {
    limit: limit === null || limit === 0 ? DEFAULT_LIMIT : Math.min(limit, MAX_LIMIT),
    offset: wholeNumber(query.getAll('offset').at(-1)) ?? 0,
  };
}

/**
 * Absolute addresses of the pages around this one.
 *
 * @param url the public address of this page; its other parameters are kept
 */
export function linksOf(
  url: URL,
  { limit, offset }: OffsetPage,
  count: number,
): { next: string | null; previous: string | null } {
  const at = (position: number): string => {
    const link = new URL(url);
    link.searchParams.set('limit', String(limit));
    if (position > 0) link.searchParams.set('offset', String(position));
    else link.searchParams.delete('offset');
    link.searchParams.sort();
    return link.href;
  };
  return {
    next: offset + limit < count ? at(offset + limit) : null,
    previous: offset > 0 ? at(offset - limit) : null,
  };
}

/** What Python's `int()` reads as a whole number that is not negative, within what can be counted. */
function wholeNumber(text = ''): number | null {
  const digits = /^\+?(\d+(?:_\d+)*)$/.exec(text.trim())?.[1]?.replaceAll('_', '');
  return digits === undefined ? null : Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}
