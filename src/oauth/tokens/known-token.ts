import { type CredentialBounds, type TokenDescent } from '../../access/principal.js';

/** What a token was issued for. */
export interface Granted {
  /** In the order in which they are answered. */
  readonly scopes: readonly string[];
  /** Identifier of the resource that it is for; null for Keycap and whoever asks it. */
  readonly audience: string | null;
}

/** A token that can be shown, this once. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
  readonly scopes: readonly string[];
  /** False for one that the client has got before. */
  readonly isNew: boolean;
}

/** An access token that this deployment has issued, dead or alive. */
export interface KnownToken extends Granted {
  /** Names the token without giving it away. */
  readonly id: string;
  readonly clientId: string;
  /** UUID. */
  readonly organizationId: string;
  /** UUID. */
  readonly projectId: string | null;
  /** What the client may have by now, expanded. */
  readonly clientScopes: ReadonlySet<string>;
  readonly bounds: CredentialBounds;
  readonly descent: TokenDescent;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** For the log alone; null while it is good. */
  readonly whyDead: string | null;
  /** What `TokenRights` has made of it; null until somebody asks. */
  rights: ReadonlySet<string> | null;
}
