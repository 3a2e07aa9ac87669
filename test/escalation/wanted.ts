import type { Tenant } from '../isolation/tenant.js';
import { BOUND_TO } from './actors.js';
import { ALL_SCOPES, READ_SCOPES } from './rights.js';

/** What someone asks for in a new key or client; what is left out is for the server to fill. */
export interface Wanted {
  readonly scopes: readonly string[];
  readonly project?: string;
  readonly addresses?: readonly string[];
  readonly expiresAt?: Date;
}

const MINUTE_MS = 60_000;
const HARMLESS = ['projects:read'];

/** Each right alone, and some together. */
const RIGHTS: readonly Wanted[] = [
  ...[...ALL_SCOPES, 'backups:sing'].map((scope) => ({ scopes: [scope] })),
  { scopes: READ_SCOPES },
  { scopes: ['projects:read', '*'] },
  { scopes: ['api_keys:write', 'read'] },
];

/** Every way of reaching further with a right that many have. */
function reaches({ objects, siblings }: Tenant, foreign: Tenant): readonly Wanted[] {
  const after = (minutes: number): Date => new Date(Date.now() + minutes * MINUTE_MS);
  const ranges = ['10.1.0.0/16', ...BOUND_TO, '8.0.0.0/5', '192.0.2.0/24', '0.0.0.0/0', '::/0'];
  return [
    ...[objects.project, siblings.project, foreign.objects.project].map((project) => ({
      scopes: HARMLESS,
      project,
    })),
    { scopes: ['api_keys:read'], project: objects.project },
    { scopes: ['credentials:read'], project: objects.project },
    ...ranges.map((range) => ({ scopes: HARMLESS, addresses: [range] })),
    { scopes: HARMLESS, addresses: ['10.1.0.0/16', '192.0.2.0/24'] },
    ...[after(-1), after(30), after(24 * 60), after(400 * 24 * 60)].map((expiresAt) => ({
      scopes: HARMLESS,
      expiresAt,
    })),
  ];
}

export function wantedIn(own: Tenant, foreign: Tenant): readonly Wanted[] {
  return [...RIGHTS, ...reaches(own, foreign)];
}

/** The members of a request's body that ask for it. */
export function bodyOf({ scopes, project, addresses, expiresAt }: Wanted): object {
  return {
    name: 'Wanted',
    scopes,
    ...(project !== undefined && { project_id: project }),
    ...(addresses !== undefined && { ip_allowlist: addresses }),
    ...(expiresAt !== undefined && { expires_at: expiresAt.toISOString() }),
  };
}
