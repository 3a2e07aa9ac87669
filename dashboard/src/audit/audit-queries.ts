import { answerOf, api } from '../api/client';
import type { AuditEvent } from '../api/types';

/** What the record can be narrowed by, as the address of the page has it. */
export const AUDIT_FILTERS = ['action', 'actor', 'until'] as const;
export type AuditFilters = Partial<Record<(typeof AUDIT_FILTERS)[number], string>>;

const PAGE_SIZE = 100;

export function auditQuery({ action, actor, until }: AuditFilters) {
  return {
    ...(action !== undefined && { action: action as AuditEvent['action'] }),
    ...(actor !== undefined && { actor_id: actor }),
    // The whole day counts, as the reader's clock has it.
    ...(until !== undefined && { to: new Date(`${until}T23:59:59.999`).toISOString() }),
  };
}

interface EventPage {
  readonly audit_events: readonly AuditEvent[];
  readonly next_cursor: string | null;
}

export const fetchEvents = (orgID: string, filters: AuditFilters, cursor: string | undefined) =>
  answerOf(
    api.GET('/v1/organizations/{orgID}/audit-events', {
      params: {
        path: { orgID },
        query: {
          limit: PAGE_SIZE,
          ...auditQuery(filters),
          ...(cursor !== undefined && { cursor }),
        },
      },
    }),
    // A text is what the exports get.
  ) as Promise<EventPage>;
