import { call, inDatabase } from '../support/keycap.js';
import { newSigningPair } from '../support/oauth-endpoints.js';
import type { Tenant } from '../isolation/tenant.js';
import { Maker } from '../isolation/tenant.js';
import type { Actor } from './actors.js';
import { isWithin } from './address-range.js';
import { verdictOn } from './attempt.js';
import type { Refusal } from './oracle.js';
import { reachesFurther, refusalAtTheGate, refusalsOf, refusedIf } from './oracle.js';
import { ALL_SCOPES, covers, rightsIn } from './rights.js';

/** What of a client decides who may hand it out; it is put back after each change. */
export interface State {
  readonly scopes: readonly string[];
  readonly ip_allowlist: readonly string[] | null;
  readonly token_ttl_seconds: number;
  readonly max_tokens_per_hour: number | null;
  readonly resources: readonly string[];
  readonly is_active: boolean;
}

export interface ExistingClient extends State {
  readonly id: string;
}

type Patch = Partial<State> & {
  readonly name?: string;
  readonly token_endpoint_auth_method?: string;
  readonly jwks?: object;
};

const USUAL: State = {
  scopes: ['projects:read'],
  ip_allowlist: null,
  token_ttl_seconds: 3600,
  max_tokens_per_hour: 100,
  resources: [],
  is_active: true,
};
const NARROW = ['10.1.0.0/16'];

/** A client of every right, and some that are narrow otherwise. */
export async function clientsIn(tenant: Tenant): Promise<readonly ExistingClient[]> {
  const make = Maker.in(tenant);
  const states: readonly State[] = [
    ...ALL_SCOPES.map((scope) => ({ ...USUAL, scopes: [scope] })),
    { ...USUAL, ip_allowlist: NARROW },
    { ...USUAL, is_active: false },
    { ...USUAL, scopes: ['introspection', 'projects:read'], is_active: false },
    { ...USUAL, scopes: ['introspection', 'projects:read'], ip_allowlist: NARROW },
  ];
  return Promise.all(
    states.map(async (state) => {
      const client = { ...state, id: (await make.client()).id };
      await putBack(client);
      return client;
    }),
  );
}

/** A second secret, or a new one instead. */
export async function trySecret(
  { path }: Tenant,
  actor: Actor,
  client: ExistingClient,
  way: 'rotate-secret' | 'secrets',
): Promise<string[]> {
  const { scopes, ip_allowlist: addresses } = client;
  const answer = await call('POST', `${path}/oauth-clients/${client.id}/${way}`, {
    as: actor.as,
    body: {},
  });
  if (answer.status === 201) await putBack(client);
  const { expiresAt } = actor;
  const handed = { scopes, addresses, project: null, expiresAt };
  const atGate = refusalAtTheGate(actor, 'oauth_clients:write');
  const refusals = atGate === null ? refusalsOf(actor, handed, []) : [atGate];
  return verdictOn(actor, `${way} of a client of ${JSON.stringify(client)}`, answer, refusals);
}

/** Every way of changing a client, the wider and the narrower. */
export async function patchesOf(client: ExistingClient): Promise<readonly Patch[]> {
  const { publicJwk } = await newSigningPair();
  return [
    { name: 'Renamed' },
    { is_active: true },
    { is_active: false },
    ...['introspection', 'read', 'members:write', 'credentials:read', '*'].map((scope) => ({
      scopes: [...new Set([...client.scopes, scope])],
    })),
    { scopes: ['projects:read'] },
    { ip_allowlist: null },
    ...['10.1.1.0/24', '10.0.0.0/8', '192.0.2.0/24'].map((range) => ({ ip_allowlist: [range] })),
    { token_ttl_seconds: 600 },
    { token_ttl_seconds: 7200 },
    { max_tokens_per_hour: 1 },
    { max_tokens_per_hour: 1000 },
    { max_tokens_per_hour: null },
    { resources: ['https://reports.keycap.test'] },
    { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicJwk] } },
  ];
}

export async function tryPatch(
  { path }: Tenant,
  actor: Actor,
  client: ExistingClient,
  patch: Patch,
): Promise<string[]> {
  const answer = await call('PATCH', `${path}/oauth-clients/${client.id}`, {
    as: actor.as,
    body: patch,
  });
  if (answer.status === 200) await putBack(client);
  const atGate = refusalAtTheGate(actor, 'oauth_clients:write');
  const refusals = atGate === null ? refusalsOfChange(actor, client, patch) : [atGate];
  const what = `change a client of ${JSON.stringify(client)} by ${JSON.stringify(patch)}`;
  return verdictOn(actor, what, answer, refusals);
}

/** What is handed out by a change: the new rights, and with any other loosening all of them. */
function refusalsOfChange(actor: Actor, before: ExistingClient, patch: Patch): Refusal[] {
  const after = { ...before, ...patch };
  const isLoosened = LOOSENINGS.some((isLoosening) => isLoosening(before, patch));
  const had = isLoosened ? new Set<string>() : rightsIn(before.scopes, false);
  const gained = after.scopes.filter((scope) => !covers(had, scope));
  const signs = patch.token_endpoint_auth_method === 'private_key_jwt';
  const isEnabled = after.is_active && !before.is_active;
  const exceeds =
    gained.some((scope) => !covers(actor.rights, scope)) ||
    (gained.length > 0 && reachesFurther(actor, after.ip_allowlist)) ||
    ((signs || isEnabled) && actor.expiresAt !== null);
  return refusedIf(exceeds, '403 scope_exceeds_creator');
}

/** Whether the client can be used by more, for longer, more often or at more places. */
const LOOSENINGS: readonly ((before: State, patch: Patch) => boolean)[] = [
  (before, { is_active }) => is_active === true && !before.is_active,
  (before, { token_ttl_seconds: seconds = 0 }) => seconds > before.token_ttl_seconds,
  (before, { max_tokens_per_hour: most = 0 }) =>
    (most ?? Infinity) > (before.max_tokens_per_hour ?? Infinity),
  (before, { resources = [] }) => resources.some((each) => !before.resources.includes(each)),
  (_, { token_endpoint_auth_method }) => token_endpoint_auth_method !== undefined,
  ({ ip_allowlist: before }, { ip_allowlist: after }) =>
    before !== null &&
    after !== undefined &&
    (after === null || after.some((range) => !isWithin(range, before))),
];

async function putBack(client: ExistingClient): Promise<void> {
  await inDatabase(
    `WITH ended AS (
       UPDATE oauth_client_secrets SET revoked_at = now() WHERE client_id = $1)
     UPDATE oauth_clients
        SET scopes = $2, ip_allowlist = $3, token_ttl_seconds = $4, max_tokens_per_hour = $5,
            resources = $6, is_active = $7, token_endpoint_auth_method = 'client_secret_basic',
            jwks = NULL
      WHERE client_id = $1`,
    [
      client.id,
      client.scopes,
      client.ip_allowlist,
      client.token_ttl_seconds,
      client.max_tokens_per_hour,
      client.resources,
      client.is_active,
    ],
  );
}
