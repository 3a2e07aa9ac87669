import { Problem } from '../../problem.js';
import { type ApiKey } from '../api-key.entity.js';
import { type KeyDraft } from '../issuance/key-grants.js';
import { type ForeignHash } from './foreign-hash.js';

/** A key of another system, as it is asked to be taken over. */
export interface ImportDraft extends Pick<KeyDraft, 'name' | 'scopes' | 'projectId' | 'expiresAt'> {
  readonly hash: string;
  readonly algorithm: string;
  /** Of the right shape. */
  readonly keyPrefix: string;
}

/** The same when it was looked at by itself. */
export interface PermittedImport {
  readonly draft: KeyDraft;
  readonly keyPrefix: string;
  readonly hash: ForeignHash;
  /** Every keyed hash under which it may be stored, the one to store first. */
  readonly fingerprints: readonly Buffer[];
}

/** A row that may be imported, or why it may not. */
export type JudgedImport = PermittedImport | Problem;

/** What became of a row: the key, that it is fine in a dry run, or why there is none. */
export type ImportOutcome = ApiKey | 'valid' | Problem;

/** What a row is refused for; what is no refusal ends the whole. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}
