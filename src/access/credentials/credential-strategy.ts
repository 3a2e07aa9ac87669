import { type IncomingHttpHeaders } from 'node:http';
import { type Type } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { type Strategy } from 'passport';
import { AmbiguousCredentials } from '../access.errors.js';
import { type Principal } from '../principal.js';
import { type RateLimitState } from '../throttling/rate-limit.js';

/** A credential as it was sent, before anyone knows whether it is good. */
export interface PresentedCredential {
  readonly scheme: 'basic' | 'bearer' | 'api-key' | 'form' | 'cookie' | 'other';
  /** What follows the scheme, the header's or cookie's whole value, or empty. */
  readonly value: string;
  /** Of a bearer that has the shape of a JWT, once it was read (jwt.ts). */
  claimedIssuer?: string | null;
}

/** What strategies and the guard read of a request. */
export interface CredentialRequest {
  /** Request id. */
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body?: unknown;
  readonly ip: string;
  /** Set by the guard before a strategy runs. */
  presentedCredential?: PresentedCredential;
  /** Set by the strategy of a credential that has a limit; the answer tells of it. */
  rateLimit?: RateLimitState;
}

/**
 * One way of proving who calls; a feature owns each, `app.module.ts` lists them. It is registered
 * with passport under `name`, and chosen by the shape of the credential alone, never by trying.
 */
export interface CredentialStrategy {
  readonly name: string;
  accepts(presented: PresentedCredential): boolean;
  /**
   * Who this credential proves to call; at once where nothing has to be looked for.
   *
   * @throws Unauthenticated with the reason for the log
   */
  identify(request: CredentialRequest): Principal | Promise<Principal>;
}

/** Injection token of the list of strategies. */
export const CREDENTIAL_STRATEGIES = Symbol('CREDENTIAL_STRATEGIES');

/** What passport puts on a strategy while it runs. */
interface PassportActions {
  success(principal: Principal): void;
  error(error: unknown): void;
}

/**
 * A strategy of a passport package, registered through @nestjs/passport under `name`, whose
 * `authenticate()` is Keycap's own: the packages' own split secrets at every colon, match schemes
 * loosely and read tokens from the query and the body. Failures travel by `error()`, since
 * passport's `fail()` loses status, challenge and reason on the way. The guard asks `identify()`
 * itself: passport's middleware makes five closures and seven members of the request each time.
 */
export function CredentialStrategyOf(base: Type<Strategy>, name: string): AbstractStrategy {
  abstract class KeycapStrategy extends PassportStrategy(base, name) implements CredentialStrategy {
    override readonly name = name;

    abstract accepts(presented: PresentedCredential): boolean;

    abstract identify(request: CredentialRequest): Principal | Promise<Principal>;

    override authenticate(request: unknown): void {
      const actions = this as unknown as PassportActions;
      const identified = async (): Promise<Principal> =>
        this.identify(request as CredentialRequest);
      identified().then(
        (principal) => actions.success(principal),
        (error: unknown) => actions.error(error),
      );
    }

    /** The packages' verify callback; `authenticate` never calls it. */
    override validate(): false {
      return false;
    }
  }
  return KeycapStrategy;
}

type AbstractStrategy = abstract new () => CredentialStrategy;

/**
 * The one credential in the headers for credentials, or null when there is none. The query string
 * is never looked at.
 *
 * @throws AmbiguousCredentials for two credentials at once
 */
export function readPresentedCredential(request: CredentialRequest): PresentedCredential | null {
  const { authorization } = request.headers;
  const apiKey = request.headers['x-api-key'];
  if (authorization !== undefined && apiKey !== undefined) throw new AmbiguousCredentials();
  if (apiKey !== undefined) {
    if (typeof apiKey !== 'string' || apiKey.includes(',')) throw new AmbiguousCredentials();
    return { scheme: 'api-key', value: apiKey };
  }
  return authorization === undefined ? null : readAuthorization(authorization);
}

/** Splits `<scheme> <credential>`; scheme names are case-insensitive (RFC 9110 §11.1). */
function readAuthorization(header: string): PresentedCredential {
  const space = header.indexOf(' ');
  const scheme = space === -1 ? header : header.slice(0, space);
  const value = space === -1 ? '' : header.slice(space).trim();
  switch (scheme.toLowerCase()) {
    case 'basic':
      return { scheme: 'basic', value };
    case 'bearer':
      return { scheme: 'bearer', value };
    default:
      return { scheme: 'other', value: '' };
  }
}
