import type { ApiKey } from '../api/types';
import { statusOf } from './key-status';

/** The names of the API, which no language changes. */
const TEXTS = [
  'id',
  'name',
  'key_prefix',
  'environment',
  'source',
  'project_id',
  'created_by_user_id',
  'created_at',
  'last_used_at',
  'expires_at',
  'revoked_at',
] as const satisfies readonly (keyof ApiKey)[];

export const KEY_COLUMNS = [...TEXTS, 'status', 'scopes', 'ip_allowlist'] as const;

/** A key in a line of a file, by the columns. */
export function keyCells(key: ApiKey, now: number): (string | null)[] {
  return [
    ...TEXTS.map((name) => key[name]),
    statusOf(key, now),
    key.scopes.join(' '),
    key.ip_allowlist?.join(' ') ?? null,
  ];
}
