import {
  AmbiguousCredentials,
  CredentialLimitReached,
  CredentialNotAccepted,
  CrossSite,
  InsufficientRole,
  InsufficientScope,
  OrganizationNotFound,
  OrganizationSuspended,
  Unauthenticated,
} from '../../access/access.errors.js';
import { type AccessRule, isForClientsAlone } from '../../access/access-rule.js';
import {
  type Problem,
  ServiceUnavailable,
  TooManyRequests,
  ValidationFailed,
} from '../../problem.js';
import { isSafe } from '../../access/request-site.js';
import { dialectOf } from '../errors/dialect.js';
import {
  BadRequest,
  InternalError,
  MalformedJson,
  NotAcceptable,
  PayloadTooLarge,
  UnsupportedMediaType,
} from '../errors/http.errors.js';
import {
  IdempotencyAnswerLost,
  IdempotencyInProgress,
  IdempotencyKeyReused,
} from '../idempotency/idempotency.errors.js';

/** What of a route decides which refusals are possible before its handler runs. */
export interface RouteTraits {
  readonly path: string;
  readonly method: string;
  readonly rule: AccessRule;
  readonly hasBody: boolean;
  readonly takesJson: boolean;
  readonly takesIdempotencyKey: boolean;
}

/** The refusals that follow from what a route is, whatever its handler does. */
export function requestProblems(traits: RouteTraits): Problem[] {
  return [
    ...inputProblems(traits),
    ...accessProblems(traits),
    ...(traits.takesIdempotencyKey
      ? [new IdempotencyInProgress(), new IdempotencyAnswerLost(), new IdempotencyKeyReused()]
      : []),
    new InternalError('a defect'),
    new ServiceUnavailable('the database is away'),
  ];
}

function inputProblems({ path, hasBody, takesJson }: RouteTraits): Problem[] {
  const isOAuth = dialectOf(path) === 'oauth';
  // Under /v1 unknown names are refused, also in the query of a route that has none.
  const validates = takesJson || (!isOAuth && path.startsWith('/v1/'));
  const wrongType = isOAuth
    ? new BadRequest('send the body as application/json')
    : new UnsupportedMediaType('text/plain');
  return [
    new BadRequest('the request cannot be read'),
    ...(dialectOf(path) === 'drf' && path.includes('/organizations') ? [new NotAcceptable()] : []),
    ...(validates ? [new ValidationFailed({ field: ['property field should not exist'] })] : []),
    ...(takesJson ? [new MalformedJson(), wrongType] : []),
    ...(hasBody ? [new PayloadTooLarge()] : []),
  ];
}

function accessProblems({ rule, path, method }: RouteTraits): Problem[] {
  if (rule.public && !rule.user) return [];
  return [
    new AmbiguousCredentials(),
    ...(rule.public ? [] : [new Unauthenticated('none', false)]),
    new Unauthenticated('a bad one'),
    ...[rule.scope, rule.client]
      .filter((scope) => typeof scope === 'string')
      .map((scope) => new InsufficientScope(scope)),
    ...(rule.role && rule.role !== 'member' ? [new InsufficientRole()] : []),
    ...(rule.role && !rule.whileSuspended ? [new OrganizationSuspended()] : []),
    ...(isForClientsAlone(rule) ? [] : [new CredentialNotAccepted()]),
    ...((rule.user ?? rule.role) && !isSafe(method) ? [new CrossSite()] : []),
    ...(path.includes('{orgID}') ? [new OrganizationNotFound()] : []),
    new TooManyRequests(60),
    ...(takesKeys(rule) ? [new CredentialLimitReached(60)] : []),
  ];
}

/** Whether API keys call it, which may have a limit. */
export function takesKeys({ scope, machine }: AccessRule): boolean {
  return scope !== undefined || machine === true;
}
