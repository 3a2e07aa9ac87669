import { type EntityManager } from 'typeorm';
import { type KeySource } from '../../access/key-source.js';
import { type Actor } from '../../access/principal.js';
import { type AuditActor } from '../../audit/audit.service.js';

/** A key or client that someone made, and that is not ended. */
export interface MadeCredential {
  readonly kind: 'api_key' | 'oauth_client';
  /** Wire id. */
  readonly id: string;
  readonly name: string;
  /** Null for a client. */
  readonly source: KeySource | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  /** Whether it acts for the person who made it: his command line or his agent. */
  readonly isPersonal: boolean;
}

/** Some credentials of an organization. All ids are UUIDs. */
export type CredentialSelection = { readonly organizationId: string } & (
  { readonly madeBy: string; readonly personalOnly: boolean } | { readonly projectId: string }
);

/** Whose change it is, and why it is made, as the audit log says it. */
export interface CredentialChange {
  readonly by: Actor | AuditActor;
  readonly cause: 'member_removed' | 'member_paused' | 'member_resumed' | 'project_deleted';
}

/**
 * The credentials of one kind, for those who end them without knowing the feature that they belong
 * to: because a member leaves, or a project goes. Whoever calls has locked the organization
 * exclusively.
 */
export abstract class CredentialStore {
  /** Those that someone made and that are not ended, newest first. */
  abstract listMadeBy(
    manager: EntityManager,
    maker: { readonly organizationId: string; readonly userId: string },
    limit: number,
  ): Promise<MadeCredential[]>;

  /** Ends them at once and for good. */
  abstract end(
    manager: EntityManager,
    which: CredentialSelection,
    change: CredentialChange,
  ): Promise<void>;

  /** Disables those that are not, and remembers which. */
  abstract pause(
    manager: EntityManager,
    which: CredentialSelection,
    change: CredentialChange,
  ): Promise<void>;

  /** Enables those that a pause has disabled. */
  abstract resume(
    manager: EntityManager,
    which: CredentialSelection,
    change: CredentialChange,
  ): Promise<void>;
}

/** Every kind that there is; the composition root binds them. */
export const CREDENTIAL_STORES = Symbol('CREDENTIAL_STORES');
