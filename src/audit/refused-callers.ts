import { Injectable } from '@nestjs/common';
import { encodeId } from '../access/ids.js';
import { type Principal } from '../access/principal.js';
import { type RefusalObserver, type RefusedRequest } from '../http/errors/refusal-observer.js';
import { type AuditAction } from './audit.service.js';
import { type RefusedPrincipal, RefusalsService } from './refusals.service.js';

type NamedPrincipal = Pick<RefusedPrincipal, 'kind' | 'id'>;

const ACTIONS: Readonly<Record<RefusedPrincipal['kind'], AuditAction>> = {
  api_key: 'api_key.refused',
  oauth_client: 'oauth_client.refused',
  user: 'session.refused',
};

/** Shows an organization what its people and machines tried and may not do. */
@Injectable()
export class RefusedCallers implements RefusalObserver {
  constructor(private readonly refusals: RefusalsService) {}

  forbidden({ caller: { principal, origin }, organizationId, code }: RefusedRequest): void {
    const named = namedPrincipal(principal);
    if (!named) return;
    const projectId = 'projectId' in principal ? principal.projectId : null;
    const refusal = { action: ACTIONS[named.kind], projectId, reason: code, origin };
    this.refusals.note({ ...named, organizationId }, refusal);
  }
}

/** By its wire id; null for one that belongs to no organization. */
function namedPrincipal(principal: Principal): NamedPrincipal | null {
  switch (principal.kind) {
    case 'user':
      return { kind: 'user', id: encodeId('user', principal.userId) };
    case 'api_key':
      return { kind: 'api_key', id: encodeId('apiKey', principal.id) };
    case 'oauth_client':
      return { kind: 'oauth_client', id: principal.id };
    default:
      return null;
  }
}
