import { outranks } from '../../src/access/principal.js';
import type { Role } from '../../src/access/principal.js';
import type { PlacedOperation } from '../support/openapi.js';
import type { Credential } from './credentials.js';

/** Whether an operation takes a credential where the tenant is its own, or how it refuses. */
export type Admission = 'in' | 401 | 403 | 404;

/** At the port of the API there is no such thing for anyone but operators (test/metrics). */
const HIDDEN = '/metrics';

type Schemes = Readonly<Record<string, readonly string[]>>;

/** What the description of an operation makes of a credential. */
export function admissionOf(
  { security, path }: PlacedOperation,
  credential: Credential,
): Admission {
  if (path === HIDDEN && credential.kind !== 'operator') return 404;
  const schemes = Object.assign({}, ...security) as Schemes;
  const isPublic = security.length === 0 || security.some((one) => Object.keys(one).length === 0);
  // Where a session may be shown, whatever is shown counts; elsewhere nobody looks at it.
  if (isPublic && (credential.kind === 'nobody' || !('session' in schemes))) return 'in';
  // To an operation for clients alone every other kind is no authentication at all.
  const isForClientsAlone = Object.keys(schemes).every((name) => name === 'client');
  if (credential.kind === 'nobody' || (isForClientsAlone && credential.kind !== 'client')) {
    return 401;
  }
  return judged(schemes, credential);
}

function judged(schemes: Schemes, credential: Credential): Admission {
  switch (credential.kind) {
    case 'nobody':
      return 401;
    case 'client':
      return schemes.client ? scoped(credential, schemes.client) : 401;
    case 'machine':
      return schemes.api_key ? scoped(credential, schemes.api_key) : 403;
    case 'resource server':
      return schemes.resource_server ? 'in' : 403;
    case 'operator':
      return schemes.operator ? 'in' : 403;
    case 'person':
      return schemes.session ? ranked(credential, schemes.session) : 403;
  }
}

function scoped(credential: Credential, [scope]: readonly string[]): Admission {
  return scope === undefined || credential.holds(scope) ? 'in' : 403;
}

function ranked({ role }: Credential, [needed]: readonly string[]): Admission {
  if (needed === undefined) return 'in';
  return role !== null && outranks(role, needed as Role) ? 'in' : 403;
}

/** The same in an organization that the credential can't see. */
export function admissionElsewhere(
  operation: PlacedOperation,
  credential: Credential,
): 'in' | 401 | 403 | 404 {
  const admission = admissionOf(operation, credential);
  const belongsSomewhere = credential.kind === 'person' || credential.kind === 'machine';
  return belongsSomewhere && admission !== 401 ? 404 : admission;
}
