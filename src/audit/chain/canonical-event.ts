import { isDeepStrictEqual } from 'node:util';
import { type AuditEvent } from '../audit-event.entity.js';

/** What of an event is recorded: all that is ever shown of it. */
export type RecordedEvent = Omit<AuditEvent, 'chain' | 'sequence' | 'canonical' | 'hash'>;

/** The columns of an event as the database has them; times to the microsecond, as text. */
export interface StoredColumns {
  readonly id: string;
  readonly action: string;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly organization_id: string | null;
  readonly project_id: string | null;
  readonly target_id: string | null;
  readonly ip: string | null;
  readonly request_id: string | null;
  readonly metadata: unknown;
  readonly created_at: string;
}

/** The text that is hashed and stored as it is: jsonb would order and space it anew. */
export function canonicalOf(event: RecordedEvent): string {
  const columns: StoredColumns = {
    id: event.id,
    action: event.action,
    actor_kind: event.actorKind,
    actor_id: event.actorId,
    organization_id: event.organizationId,
    project_id: event.projectId,
    target_id: event.targetId,
    ip: event.ip,
    request_id: event.requestId,
    metadata: event.metadata,
    created_at: event.createdAt.toISOString(),
  };
  return JSON.stringify(columns);
}

/** Whether the columns, which are what is shown, say what was hashed. */
export function agreesWithColumns(canonical: string, columns: StoredColumns): boolean {
  const hashed = JSON.parse(canonical) as StoredColumns;
  return (
    MEMBERS.every((member) => hashed[member] === columns[member]) &&
    hashed.created_at.replace('Z', '000Z') === columns.created_at &&
    isDeepStrictEqual(hashed.metadata, columns.metadata)
  );
}

const MEMBERS = [
  'id',
  'action',
  'actor_kind',
  'actor_id',
  'organization_id',
  'project_id',
  'target_id',
  'ip',
  'request_id',
] as const satisfies (keyof StoredColumns)[];
