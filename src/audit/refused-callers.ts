import { Injectable } from '@nestjs/common';
import { type Principal } from '../access/principal.js';
import { type RefusalObserver, type RefusedRequest } from '../http/errors/refusal-observer.js';
import { wireIdOf } from './actor.js';
import { type AuditAction } from './audit.service.js';
import { type RefusedPrincipal, RefusalsService } from './refusals.service.js';

type NamedPrincipal = Pick<RefusedPrincipal, 'kind' | 'id'>;

/** All of them together: each by himself would fill the log. */
const UNKNOWN_OPERATOR: NamedPrincipal = { kind: 'operator', id: null };

const ACTIONS: Readonly<Record<RefusedPrincipal['kind'], AuditAction>> = {
  api_key: 'api_key.refused',
  oauth_client: 'oauth_client.refused',
  operator: 'operator.refused',
  user: 'session.refused',
};

/** Shows what people and machines tried and may not do: their organization, or operators. */
@Injectable()
export class RefusedCallers implements RefusalObserver {
  constructor(private readonly refusals: RefusalsService) {}

  refused({ principal, origin, organizationId, reason }: RefusedRequest): void {
    const named = principal ? namedPrincipal(principal) : UNKNOWN_OPERATOR;
    if (!named) return;
    const projectId = principal && 'projectId' in principal ? principal.projectId : null;
    const refusal = { action: ACTIONS[named.kind], projectId, reason, origin };
    this.refusals.note({ ...named, organizationId }, refusal);
  }
}

/** By its wire id; null for the host's own APIs, which the log alone names. */
function namedPrincipal(principal: Principal): NamedPrincipal | null {
  switch (principal.kind) {
    case 'user':
      return { kind: 'user', id: wireIdOf({ kind: 'user', id: principal.userId }) };
    case 'api_key':
    case 'oauth_client':
      return { kind: principal.kind, id: wireIdOf(principal) };
    case 'operator':
      return { kind: 'operator', id: principal.name };
    case 'resource_server':
      return null;
  }
}
