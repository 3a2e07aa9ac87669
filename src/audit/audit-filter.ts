import { And, type FindOptionsWhere, LessThan, MoreThanOrEqual } from 'typeorm';
import { type AuditEvent } from './audit-event.entity.js';

/** Which events are wanted. */
export interface AuditFilter {
  readonly action?: string;
  /** Wire id, or the name of an operator's token. */
  readonly actorId?: string;
  /** Wire id. */
  readonly targetId?: string;
  /** Recorded at this time or later. */
  readonly from?: Date;
  /** Recorded before this time. */
  readonly to?: Date;
  /** Only events older than this one (UUID). */
  readonly before?: string;
}

export function conditionsOf(filter: AuditFilter): FindOptionsWhere<AuditEvent> {
  const { action, actorId, targetId, from, to, before } = filter;
  const times = [from && MoreThanOrEqual(from), to && LessThan(to)].filter((each) => !!each);
  return {
    ...(action !== undefined && { action }),
    ...(actorId !== undefined && { actorId }),
    ...(targetId !== undefined && { targetId }),
    ...(before !== undefined && { id: LessThan(before) }),
    ...(times.length > 0 && { createdAt: And(...times) }),
  };
}
