import { type KeyDraft } from '../issuance/key-grants.js';
import { type DeviceLogin } from './device-login.entity.js';

/** The key of a device, as far as it was granted. */
export function draftFor(
  { name, deviceName }: DeviceLogin,
  granted: Pick<KeyDraft, 'scopes' | 'projectId' | 'expiresAt'>,
): KeyDraft {
  return {
    ...granted,
    name,
    deviceName,
    environment: 'live',
    ipAllowlist: null,
    rateLimit: null,
    metadata: {},
  };
}
