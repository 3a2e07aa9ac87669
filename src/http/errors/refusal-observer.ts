import { InsufficientRole, OrganizationSuspended } from '../../access/access.errors.js';
import { type AccessRequest } from '../../access/access-request.js';
import { decodeId } from '../../access/ids.js';
import { type Caller, isMachine } from '../../access/principal.js';
import { type Problem } from '../../problem.js';

/** A request that a known caller may not make. */
export interface RefusedRequest {
  readonly caller: Caller;
  /** UUID of the organization that the caller belongs to. */
  readonly organizationId: string;
  /** Of the refusal. */
  readonly code: string;
}

/** Who wants to know of them. It is told beside the answer, and must neither fail nor wait. */
export interface RefusalObserver {
  forbidden(request: RefusedRequest): void;
}

/**
 * The refusal as an organization may see it, or null: for any other status than 403, and for people
 * who are not known to belong to the organization in the path.
 */
export function refusedRequest(
  request: Pick<AccessRequest, 'params'> & Partial<AccessRequest>,
  problem: Problem,
): RefusedRequest | null {
  const { caller } = request;
  if (problem.status !== 403 || !caller) return null;
  const { principal } = caller;
  const organizationId = isMachine(principal)
    ? principal.organizationId
    : organizationOfMember(request, problem);
  return organizationId === null ? null : { caller, organizationId, code: problem.code };
}

function organizationOfMember(
  request: Pick<AccessRequest, 'params'> & Partial<AccessRequest>,
  problem: Problem,
): string | null {
  if (request.actor) return request.actor.organizationId;
  return saysMember(problem) ? organizationInPath(request) : null;
}

/** Nobody else gets to hear it of an organization. */
const saysMember = (problem: Problem): boolean =>
  problem instanceof InsufficientRole || problem instanceof OrganizationSuspended;

function organizationInPath({ params }: Pick<AccessRequest, 'params'>): string | null {
  return decodeId('organization', (params as { orgID?: unknown } | undefined)?.orgID);
}
