import { Inject, Injectable } from '@nestjs/common';
import { isEmail, maxLength } from 'class-validator';
import { compactVerify } from 'jose';
import { Unauthenticated } from '../../access/access.errors.js';
import { normalizeEmail } from '../../access/email-address.js';
import { type NamedOrganization, type Role, ROLES } from '../../access/principal.js';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { isName } from '../../name.js';
import {
  type Claims,
  claimAt,
  judgeClaims,
  readToken,
  type SessionIssuer,
  type SignedToken,
} from './external-token.js';
import { IssuerKeys } from './issuer-keys.js';

/** What a session token of an identity provider proves. */
export interface ExternalSession {
  readonly issuer: SessionIssuer;
  readonly subject: string;
  readonly signedInAt: Date;
  /** Normalised; null unless the issuer says that it is the person's. */
  readonly verifiedEmail: string | null;
  readonly name: string | null;
  readonly organization: NamedOrganization;
}

/** Session tokens of the identity providers that the operator trusts. */
@Injectable()
export class ExternalTokens {
  private readonly issuers: ReadonlyMap<string, SessionIssuer>;

  constructor(
    @Inject(RUNTIME) { config, publicUrl }: Runtime,
    private readonly keys: IssuerKeys,
  ) {
    const others = config.sessionIssuers.filter(({ issuer }) => issuer !== publicUrl);
    this.issuers = new Map(others.map((each) => [each.issuer, each]));
  }

  isIssuer(name: string | null): boolean {
    return name !== null && this.issuers.has(name);
  }

  /**
   * Checks a token of one of the issuers.
   *
   * @throws Unauthenticated
   * @throws ServiceUnavailable where the issuer's keys can't be had
   */
  async verify(text: string, now: Date): Promise<ExternalSession> {
    const token = readToken(text);
    if (typeof token === 'string') throw new Unauthenticated(token);
    const issuer = this.issuers.get(String(token.claims.iss));
    if (!issuer) throw new Unauthenticated('iss is no session issuer');
    const candidates = await this.keys.candidates(issuer, token, now);
    const checks = await Promise.all(candidates.map((key) => isSignedBy(token, key)));
    if (!checks.includes(true))
      throw new Unauthenticated('no key of the issuer made the signature');
    const judged = judgeClaims(token.claims, issuer, now);
    if (typeof judged === 'string') throw Unauthenticated.despiteIssue(judged);
    return { issuer, ...judged, ...personIn(token.claims, issuer) };
  }
}

/** jose refuses RSA keys of less than 2,048 bits by itself. */
async function isSignedBy(
  { text, algorithm }: SignedToken,
  key: Parameters<typeof compactVerify>[1],
): Promise<boolean> {
  try {
    await compactVerify(text, key, { algorithms: [algorithm] });
    return true;
  } catch {
    return false;
  }
}

function personIn(
  claims: Claims,
  { claims: names, membershipFrom }: SessionIssuer,
): Pick<ExternalSession, 'verifiedEmail' | 'name' | 'organization'> {
  const email = claimAt(claims, names.email);
  const name = claimAt(claims, names.name);
  const organization = names.organization && claimAt(claims, names.organization);
  const isVerified = claimAt(claims, names.emailVerified) === true;
  return {
    verifiedEmail: isVerified && isEmailAddress(email) ? normalizeEmail(email) : null,
    name: isName(name) ? (name as string) : null,
    organization: {
      name: typeof organization === 'string' && organization !== '' ? organization : null,
      role: roleOf(names.role && claimAt(claims, names.role)),
      isDecided: membershipFrom === 'claims',
    },
  };
}

function isEmailAddress(value: unknown): value is string {
  return typeof value === 'string' && isEmail(normalizeEmail(value)) && maxLength(value, 254);
}

/** Clerk writes `org:admin`. A role that Keycap does not have gives the least. */
function roleOf(claim: unknown): Role {
  const name = typeof claim === 'string' ? claim.replace(/^org:/, '').toLowerCase() : '';
  return ROLES.find((role) => role === name) ?? 'member';
}
