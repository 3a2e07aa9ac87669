import type { CredentialName, Credential } from './credentials.js';
import type { Kind, Objects } from './objects.js';
import type { Maker, Tenant } from './tenant.js';

/** What a value names; null where it names nothing of a tenant. */
export type Named = Kind | readonly Kind[] | null;

/** How an operation is filled, and what comes of it where it isn't what its description says. */
export interface Row {
  /** Each id in the path; of several kinds it is the first one's in requests that succeed. */
  readonly path?: Readonly<Record<string, Kind | readonly Kind[]>>;
  /** Each parameter of the query. */
  readonly query?: Readonly<Record<string, Named>>;
  /** Each member of the body. */
  readonly body?: Readonly<Record<string, Named>>;
  /** A good query. */
  readonly asking?: (objects: Objects) => Readonly<Record<string, string>>;
  /** A good body. */
  readonly sending?: (objects: Objects, own: Tenant) => Readonly<Record<string, unknown>>;
  readonly headers?: (own: Tenant) => Readonly<Record<string, string>>;
  /** What the operation uses up, made anew for each request that succeeds. */
  readonly fresh?: (make: Maker, by: Credential) => Promise<Partial<Objects>>;
  /** The credential itself, where that is what is used up. */
  readonly freshCredential?: (make: Maker, by: Credential) => Promise<string>;
  /**
   * Statuses at own objects that differ from the description's success, by who asks or for
   * everyone whom the operation admits. `spoiled` sends a member that no body has, so that
   * whoever is admitted gets 400: for what would take the tenant apart.
   */
  readonly own?: 'spoiled' | number | Statuses;
  /** Statuses at foreign and absent objects of the own organization other than 404. */
  readonly elsewhere?: Statuses;
}

type Statuses = Readonly<Partial<Record<CredentialName, number>>>;
