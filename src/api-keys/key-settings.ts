import { reachesFurther } from '../access/scopes/granting.js';
import { type ApiKey, type KeyRateLimit } from './api-key.entity.js';

/** What of a key can be chosen anew. */
export type KeySettings = Pick<
  ApiKey,
  'name' | 'scopes' | 'expiresAt' | 'ipAllowlist' | 'rateLimit' | 'metadata'
> & { readonly isEnabled: boolean };

/** Settings that are to change; what is undefined stays. */
export type KeyPatch = { readonly [Name in keyof KeySettings]?: KeySettings[Name] };

export function settingsOf(key: ApiKey): KeySettings {
  const { name, scopes, expiresAt, ipAllowlist, rateLimit, metadata } = key;
  const isEnabled = key.disabledAt === null;
  return { name, scopes, expiresAt, ipAllowlist, rateLimit, metadata, isEnabled };
}

/** Whether the key can be used for longer, from further places or more often than before. */
export function isLoosened(before: KeySettings, after: KeySettings): boolean {
  return (
    (after.isEnabled && !before.isEnabled) ||
    endsLater(before.expiresAt, after.expiresAt) ||
    reachesFurther(before.ipAllowlist, after.ipAllowlist) ||
    allowsMore(before.rateLimit, after.rateLimit)
  );
}

/** Null is never. */
export function endsLater(before: Date | null, after: Date | null): boolean {
  return before !== null && (after === null || after > before);
}

function allowsMore(before: KeyRateLimit | null, after: KeyRateLimit | null): boolean {
  if (before === null) return false;
  return after === null || after.limit > before.limit || after.windowSeconds < before.windowSeconds;
}

/** The settings as the audit log shows them; enabling and disabling are events of their own. */
export function wireOf({
  isEnabled: _,
  rateLimit,
  ...settings
}: KeySettings): Record<string, unknown> {
  return {
    name: settings.name,
    scopes: settings.scopes,
    expires_at: settings.expiresAt?.toISOString() ?? null,
    ip_allowlist: settings.ipAllowlist,
    rate_limit: rateLimit && { limit: rateLimit.limit, window_seconds: rateLimit.windowSeconds },
    metadata: settings.metadata,
  };
}
