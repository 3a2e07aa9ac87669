import { encodeId } from '../access/ids.js';
import { type Actor, type Origin } from '../access/principal.js';
import { type ActorKind } from './audit-event.entity.js';

/** What is the same for every action: who did it, and where. */
export interface AuditActor {
  readonly kind: ActorKind;
  /** Wire id. */
  readonly id: string | null;
  readonly origin: Origin | null;
}

/** The deployment itself, when nobody asked for it. */
export const SYSTEM_ACTOR: AuditActor = { kind: 'system', id: null, origin: null };

/** A person, whether in an organization or not. @param userId UUID */
export function personActor(
  userId: string,
  origin: Origin | null,
): AuditActor & { readonly id: string } {
  return { kind: 'user', id: encodeId('user', userId), origin };
}

/** The id of an actor that clients see. */
export function wireIdOf({ kind, id }: Pick<Actor, 'kind' | 'id'>): string {
  switch (kind) {
    case 'user':
      return encodeId('user', id);
    case 'api_key':
      return encodeId('apiKey', id);
    case 'oauth_client':
      return id;
  }
}
