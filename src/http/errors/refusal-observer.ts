import { Unauthenticated } from '../../access/access.errors.js';
import { type AccessRequest, originOf } from '../../access/access-request.js';
import { isMachine, type Origin, type Principal } from '../../access/principal.js';
import { type Problem } from '../../problem.js';
import { isAdministration } from '../server/operator-paths.js';
import { pathOf, type Routed } from './dialect.js';

/** A request that its caller may not make. */
export interface RefusedRequest {
  /** Null for whoever asked as an operator and is none that is known. */
  readonly principal: Principal | null;
  readonly origin: Origin;
  /** UUID of the organization that may see it; null where it concerns none. */
  readonly organizationId: string | null;
  /** The code of the refusal; of an unknown operator, what is wrong with the credential. */
  readonly reason: string;
}

/** Who wants to know of them. It is told beside the answer, and must neither fail nor wait. */
export interface RefusalObserver {
  refused(request: RefusedRequest): void;
}

/** The refusal as it may be seen, or null: for any other than 403, and 401 of operators. */
export function refusedRequest(
  request: AccessRequest & Routed,
  problem: Problem,
): RefusedRequest | null {
  const { caller } = request;
  if (problem instanceof Unauthenticated && !caller && isAdministration(pathOf(request))) {
    const reason = problem.reason ?? problem.code;
    return { principal: null, origin: originOf(request), organizationId: null, reason };
  }
  if (problem.status !== 403 || !caller) return null;
  const { principal, origin, memberOf } = caller;
  return {
    principal,
    origin,
    organizationId: memberOf ?? organizationOf(principal),
    reason: problem.code,
  };
}

/** No organization gets to hear of strangers: only of its machines, and of sessions that name it. */
function organizationOf(principal: Principal): string | null {
  if (isMachine(principal) || principal.kind === 'user') return principal.organizationId;
  return null;
}
