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
import { AccessService, assertMachineMay, isSettled } from './access.service.js';
import { type Runtime } from '../config.js';
import { RUNTIME } from '../config.module.js';
import {
  CREDENTIAL_STRATEGIES,
  type CredentialStrategy,
  type PresentedCredential,
  readPresentedCredential,
} from './credentials/credential-strategy.js';
import { addressKey } from './addresses/address-key.js';
import { FailureThrottle } from './throttling/failure-throttle.js';
import { decodeId } from './ids.js';
import { isMachine, type MachinePrincipal, type Principal } from './principal.js';
import { isSafe, siteOf } from './request-site.js';
import { readCookie, sessionCookieName } from './credentials/session-cookie.js';

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
    const found = await this.identify(request, rule, presented);
    if (!found) return true;
    this.refuseCrossSite(request);
    const origin = originOf(request);
    // Only what has to be looked for is waited for: each wait is a turn of its own.
    const principal = isSettled(found) ? found : await this.access.settle(found, origin);
    const caller = { principal, origin };
    request.caller = caller;
    const organizationId = organizationInPath(request);
    if (organizationId === undefined) authorizeAnywhere(principal, rule);
    else if (organizationId === null) throw new OrganizationNotFound();
    else request.actor = await this.access.actorIn(caller, organizationId, rule);
    return true;
  }

  /** Who calls; null for someone on a route that anyone may call, whose session has ended. */
  private async identify(
    request: AccessRequest,
    rule: AccessRule,
    presented: PresentedCredential | null,
  ): Promise<Principal | null> {
    try {
      const principal = this.authenticate(request, rule, presented);
      return principal instanceof Promise ? await principal : principal;
    } catch (error) {
      if (!(error instanceof Unauthenticated) || !presented) throw error;
      if (!error.wasIssued) await this.countFailure(presented, request.ip);
      // A browser sends its cookie long after the session has ended, and can't help it.
      if (rule.public && presented.scheme === 'cookie') return null;
      throw error;
    }
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

  private authenticate(
    request: AccessRequest,
    rule: AccessRule,
    presented: PresentedCredential | null,
  ): Principal | Promise<Principal> {
    if (!presented) throw new Unauthenticated('no credential', false);
    request.presentedCredential = presented;
    return this.strategyFor(presented, rule).identify(request);
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
    let strategy: CredentialStrategy | undefined;
    for (const each of this.strategies) {
      if (!each.accepts(presented)) continue;
      if (strategy) throw new Error(`${strategy.name} and ${each.name} both claim a credential`);
      strategy = each;
    }
    if (!strategy) throw new Unauthenticated('no kind of credential has this shape');
    return strategy;
  }
}

function authorizeAnywhere(principal: Principal, rule: AccessRule): void {
  if (isMachine(principal)) assertMachineMay(principal, rule);
  else if (!takesKind(rule, principal.kind)) throw new CredentialNotAccepted();
}

/** Whether the rule names this kind of credential, where it needs no right beside. */
function takesKind(
  rule: AccessRule,
  kind: Exclude<Principal['kind'], MachinePrincipal['kind']>,
): boolean {
  switch (kind) {
    case 'user':
      return rule.user === true;
    case 'resource_server':
      return rule.resourceServer === true;
    case 'operator':
      return rule.operator === true;
  }
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
