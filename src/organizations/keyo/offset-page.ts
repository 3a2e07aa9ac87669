/** Django REST Framework's `LimitOffsetPagination`: garbage falls back in silence. */
export interface OffsetPage {
  readonly limit: number;
  readonly offset: number;
}

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 500;

export function offsetPageOf(query: URLSearchParams): OffsetPage {
  const limit = wholeNumber(query.get('limit'));
  return {
    limit: limit === null || limit === 0 ? DEFAULT_LIMIT : Math.min(limit, MAX_LIMIT),
    offset: wholeNumber(query.get('offset')) ?? 0,
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

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}
