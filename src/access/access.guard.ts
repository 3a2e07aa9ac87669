import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type AccessRequest, originOf } from './access-request.js';
import { accessRuleOf, type AccessRule, isForClientsAlone } from './access-rule.js';
import {
  CredentialNotAccepted,
  CrossSite,
  OrganizationNotFound,
  Unauthenticated,
  UndeclaredAccess,
} from './access.errors.js';
import { AccessService, assertMachineMay } from './access.service.js';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import {
  authenticateBy,
  CREDENTIAL_STRATEGIES,
  type CredentialStrategy,
  type PresentedCredential,
  readPresentedCredential,
} from './credential-strategy.js';
import { addressKey, FailureThrottle } from './failure-throttle.js';
import { decodeId } from './ids.js';
import { type Caller, isMachine, type MachinePrincipal, type Principal } from './principal.js';
import { isSafe, siteOf } from './request-site.js';
import { readCookie, sessionCookieName } from './session-cookie.js';

/**
 * The one guard: read the credential, tell its kind by its shape, let that kind's strategy say
 * who it is, and hold the route's rule against it. Closed by default.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(CREDENTIAL_STRATEGIES) private readonly strategies: readonly CredentialStrategy[],
    private readonly access: AccessService,
    private readonly throttle: FailureThrottle,
    @Inject(RUNTIME) private readonly runtime: Pick<Runtime, 'config' | 'publicUrl'>,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AccessRequest>();
    const rule = accessRuleOf(context.getHandler());
    if (!rule) throw new UndeclaredAccess(`${request.method} ${context.getHandler().name}`);
    if (rule.public && !rule.user) return true;

    const presented = this.read(request, rule);
    if (rule.public && !presented) return true;
    const principal = await this.authenticate(request, rule, presented).catch((error: unknown) => {
      // A browser sends its cookie long after the session has ended, and can't help it.
      const isForgotten = rule.public && presented?.scheme === 'cookie';
      if (isForgotten && error instanceof Unauthenticated) return null;
      throw error;
    });
    if (!principal) return true;
    this.refuseCrossSite(request);
    const origin = originOf(request);
    request.caller = { principal: await this.access.settle(principal, origin), origin };
    await this.authorize(request, request.caller, rule);
    return true;
  }

  /** A cookie counts last, and at what is for clients alone not at all. */
  private read(request: AccessRequest, rule: AccessRule): PresentedCredential | null {
    const inHeaders = readPresentedCredential(request) ?? readFormCredential(request, rule);
    if (inHeaders || isForClientsAlone(rule)) return inHeaders;
    const name = sessionCookieName(this.runtime.config.insecureCookie);
    const value = readCookie(request.headers, name);
    return value === null ? null : { scheme: 'cookie', value };
  }

  /**
   * Browsers send cookies whoever makes them ask; so what is to change something has to come from a
   * page of this deployment.
   */
  private refuseCrossSite({ presentedCredential, method, headers }: AccessRequest): void {
    if (presentedCredential?.scheme !== 'cookie' || isSafe(method)) return;
    if (siteOf(headers, this.runtime.publicUrl) !== 'same') throw new CrossSite();
  }

  private async authenticate(
    request: AccessRequest,
    rule: AccessRule,
    presented: PresentedCredential | null,
  ): Promise<Principal> {
    if (!presented) throw new Unauthenticated('no credential', false);
    request.presentedCredential = presented;
    try {
      return await authenticateBy(this.strategyFor(presented, rule).name, request);
    } catch (error) {
      const isGuess = error instanceof Unauthenticated && !error.wasIssued;
      if (isGuess) await this.countFailure(presented, request.ip);
      throw error;
    }
  }

  /**
   * Counts what is unknown or malformed. Failed client authentications are counted where the client
   * is known, in its strategy.
   */
  private async countFailure({ scheme }: PresentedCredential, ip: string): Promise<void> {
    if (scheme === 'basic' || scheme === 'form') return;
    await this.throttle.count('unknownCredentialsPerAddressPerMinute', addressKey(ip));
  }

  /** Exactly one strategy may take a credential of this shape. */
  private strategyFor(presented: PresentedCredential, rule: AccessRule): CredentialStrategy {
    const isClients = presented.scheme === 'basic' || presented.scheme === 'form';
    if (isClients ? !rule.client : isForClientsAlone(rule)) {
      throw new Unauthenticated('this kind of credential is not taken here');
    }
    const [strategy, another] = this.strategies.filter((each) => each.accepts(presented));
    if (!strategy) throw new Unauthenticated('no kind of credential has this shape');
    if (another) throw new Error(`${strategy.name} and ${another.name} both claim a credential`);
    return strategy;
  }

  private async authorize(request: AccessRequest, caller: Caller, rule: AccessRule): Promise<void> {
    const { principal } = caller;
    const organizationId = organizationInPath(request);
    if (organizationId !== undefined) {
      if (organizationId === null) throw new OrganizationNotFound();
      request.actor = await this.access.actorIn(caller, organizationId, rule);
    } else if (isMachine(principal)) {
      assertMachineMay(principal, rule);
    } else if (!takesKind(rule, principal.kind)) {
      throw new CredentialNotAccepted();
    }
  }
}

/** Whether the rule names this kind of credential, where it needs no right beside. */
function takesKind(
  rule: AccessRule,
  kind: Exclude<Principal['kind'], MachinePrincipal['kind']>,
): boolean {
  const takes = { user: rule.user, resource_server: rule.resourceServer, operator: rule.operator };
  return takes[kind] === true;
}

/** At `/o` a client may show its secret in the form body (RFC 6749 §2.3.1). */
function readFormCredential(request: AccessRequest, rule: AccessRule): PresentedCredential | null {
  const hasForm = rule.client === true && typeof request.body === 'object' && request.body !== null;
  return hasForm ? { scheme: 'form', value: '' } : null;
}

/** The UUID of the path's organization: null when it is no such id, undefined without one. */
function organizationInPath(request: AccessRequest): string | null | undefined {
  const params = request.params as Readonly<Record<string, string | undefined>>;
  return params.orgID === undefined ? undefined : decodeId('organization', params.orgID);
}
