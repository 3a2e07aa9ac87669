/** The claims that we write (RFC 9068 §2.2); what is ours alone begins with `keycap_`. */
export interface TokenClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly client_id: string;
  readonly scope: string;
  /** UUID. */
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly exp: number;
  readonly keycap_organization_id: string;
  readonly keycap_project_id?: string;
  readonly keycap_generation: readonly [organization: number, client: number, secret: number];
  readonly keycap_secret_id?: string;
}

type Members = Readonly<Partial<Record<keyof TokenClaims, unknown>>>;

const TEXTS = ['iss', 'aud', 'sub', 'client_id', 'scope', 'jti'] as const;

/**
 * The claims in what our key has signed. Whatever else it may have signed is no access token: so
 * they have to be there, of their types, and written as we write them, no claim twice (RFC 7519 §4).
 */
export function claimsIn(payload: string): TokenClaims | null {
  const members = membersOf(payload);
  const isWrittenByUs = members !== null && JSON.stringify(members) === payload;
  return isWrittenByUs && areClaims(members) ? members : null;
}

function membersOf(payload: string): Members | null {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function areClaims(members: Members): members is TokenClaims {
  const { sub, client_id: clientId, iat, exp, keycap_generation: generation } = members;
  return (
    TEXTS.every((name) => typeof members[name] === 'string') &&
    sub === clientId &&
    Array.isArray(generation) &&
    [iat, exp, ...(generation as unknown[])].every(Number.isSafeInteger)
  );
}
