import type { ApiKey } from '../api/types';

export const KEY_STATUSES = ['active', 'disabled', 'expired', 'revoked'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** As the API's `status=` counts: a revoked key is no other, an expired one is not disabled. */
export function statusOf(key: ApiKey, now: number): KeyStatus {
  if (key.revoked_at !== null) return 'revoked';
  if (key.expires_at !== null && Date.parse(key.expires_at) <= now) return 'expired';
  return key.is_active ? 'active' : 'disabled';
}

/** A key that ends within so many milliseconds is shown as one to look after. */
const SOON_MS = 14 * 86_400_000;

export function endsSoon({ expires_at: end }: ApiKey, now: number): boolean {
  return end !== null && Date.parse(end) > now && Date.parse(end) - now < SOON_MS;
}
