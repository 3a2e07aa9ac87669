import { decodeId } from '../../src/access/ids.js';
import { call, inDatabase } from '../support/keycap.js';
import type { Tenant } from '../isolation/tenant.js';
import { Maker } from '../isolation/tenant.js';
import type { Actor } from './actors.js';
import { isWithin } from './address-range.js';
import { verdictOn } from './attempt.js';
import type { Refusal } from './oracle.js';
import { refusalAtTheGate, refusalsOf, refusedIf } from './oracle.js';
import { ALL_SCOPES, covers, rightsIn } from './rights.js';

/** What of a key decides who may hand it out; it is put back after each attempt. */
interface State {
  readonly scopes: readonly string[];
  readonly ip_allowlist: readonly string[] | null;
  readonly expires_at: string | null;
  readonly is_active: boolean;
}

export interface ExistingKey extends State {
  readonly id: string;
}

type KeyPatch = Partial<State> & { readonly name?: string };

const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
const USUAL: State = {
  scopes: ['projects:read'],
  ip_allowlist: null,
  expires_at: null,
  is_active: true,
};
const NARROW = ['10.1.0.0/16'];

/** A key of every right, and some that are narrow otherwise. */
export async function keysIn(tenant: Tenant): Promise<readonly ExistingKey[]> {
  const make = Maker.in(tenant);
  const wide = ['introspection', 'projects:read'];
  const states: readonly State[] = [
    ...ALL_SCOPES.map((scope) => ({ ...USUAL, scopes: [scope] })),
    { ...USUAL, ip_allowlist: NARROW },
    { ...USUAL, is_active: false },
    { ...USUAL, scopes: wide, is_active: false },
    { ...USUAL, scopes: wide, ip_allowlist: NARROW },
    { ...USUAL, ip_allowlist: NARROW, is_active: false, expires_at: inDays(0.01) },
    { ...USUAL, ip_allowlist: NARROW, is_active: false, expires_at: inDays(9) },
  ];
  return Promise.all(
    states.map(async (state) => {
      const key = { ...state, id: (await make.key({ scopes: state.scopes })).id };
      await putBack(key);
      return key;
    }),
  );
}

/** A new key instead of this one: like it, and with an end that the actor's own is the latest of. */
export async function tryRotation(
  { path }: Tenant,
  actor: Actor,
  key: ExistingKey,
): Promise<string[]> {
  const answer = await call('POST', `${path}/api-keys/${key.id}/rotate`, {
    as: actor.as,
    body: {},
  });
  if (answer.status === 201) await putBack(key);
  const { scopes, ip_allowlist: addresses } = key;
  const handed = { scopes, addresses, project: null, expiresAt: actor.expiresAt };
  const atGate = refusalAtTheGate(actor, 'api_keys:write');
  const inside = [
    ...refusalsOf(actor, handed, []),
    ...refusedIf(!key.is_active, '409 key_not_active'),
  ];
  return verdictOn(
    actor,
    `rotate a key of ${JSON.stringify(key)}`,
    answer,
    atGate === null ? inside : [atGate],
  );
}

/** Every way of changing a key, the wider and the narrower. */
export function patchesOf({ scopes }: ExistingKey): readonly KeyPatch[] {
  return [
    { name: 'Renamed' },
    { is_active: true },
    { is_active: false },
    ...['introspection', 'read', '*'].map((scope) => ({
      scopes: [...new Set([...scopes, scope])],
    })),
    { scopes: ['projects:read'] },
    { ip_allowlist: null },
    ...['10.1.1.0/24', '10.0.0.0/8', '192.0.2.0/24'].map((range) => ({ ip_allowlist: [range] })),
    { expires_at: inDays(5) },
  ];
}

export async function tryKeyPatch(
  { path }: Tenant,
  actor: Actor,
  key: ExistingKey,
  patch: KeyPatch,
): Promise<string[]> {
  const answer = await call('PATCH', `${path}/api-keys/${key.id}`, { as: actor.as, body: patch });
  if (answer.status === 200) await putBack(key);
  const atGate = refusalAtTheGate(actor, 'api_keys:write');
  const refusals = atGate === null ? refusalsOfChange(actor, key, patch) : [atGate];
  const what = `change a key of ${JSON.stringify(key)} by ${JSON.stringify(patch)}`;
  return verdictOn(actor, what, answer, refusals);
}

/** Scopes are never more than before; with any loosening all of the key is handed out. */
function refusalsOfChange(actor: Actor, before: ExistingKey, patch: KeyPatch): Refusal[] {
  const after = { ...before, ...patch };
  const had = rightsIn(before.scopes, false);
  const end = after.expires_at === null ? null : new Date(after.expires_at);
  const handed = {
    scopes: after.scopes,
    addresses: after.ip_allowlist,
    project: null,
    expiresAt: end,
  };
  const isLater = before.expires_at !== null && after.expires_at! > before.expires_at;
  return [
    ...refusedIf(!after.scopes.every((scope) => covers(had, scope)), '400 scopes_not_narrower'),
    ...refusedIf(isLater, '400 expires_later'),
    ...(isLoosened(before, patch) ? refusalsOf(actor, handed, []) : []),
  ];
}

function isLoosened(before: State, { is_active, ip_allowlist: after }: KeyPatch): boolean {
  const { ip_allowlist: range } = before;
  const reachesFurther =
    range !== null &&
    after !== undefined &&
    (after === null || after.some((each) => !isWithin(each, range)));
  return reachesFurther || (is_active === true && !before.is_active);
}

async function putBack(key: ExistingKey): Promise<void> {
  await inDatabase(
    `WITH ended AS (UPDATE api_keys SET revoked_at = now() WHERE rotated_from_id = $1)
     UPDATE api_keys
        SET scopes = $2, ip_allowlist = $3, expires_at = $4, replaced_by_id = NULL,
            disabled_at = CASE WHEN $5 THEN NULL ELSE now() END
      WHERE id = $1`,
    [decodeId('apiKey', key.id), key.scopes, key.ip_allowlist, key.expires_at, key.is_active],
  );
}
