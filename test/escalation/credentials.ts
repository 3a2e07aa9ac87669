import { LOGINS, poll } from '../support/device-logins.js';
import type { Answer } from '../support/keycap.js';
import { foreignKey } from '../support/imports.js';
import { ask, call } from '../support/keycap.js';
import type { Tenant } from '../isolation/tenant.js';
import type { Actor } from './actors.js';
import { verdictOn } from './attempt.js';
import type { Handed } from './oracle.js';
import { refusalAtTheGate, refusalsOf } from './oracle.js';
import { covers } from './rights.js';
import type { Wanted } from './wanted.js';
import { bodyOf } from './wanted.js';

interface Me {
  readonly organization: { readonly id: string };
  readonly principal: { readonly scopes: readonly string[]; readonly project_id: string | null };
}

/** What a new key or client is, where it leaves open what its maker has. */
function handedBy(actor: Actor, wanted: Wanted): Handed {
  return {
    scopes: wanted.scopes,
    project: wanted.project ?? actor.project,
    addresses: wanted.addresses ?? actor.addresses,
    expiresAt: wanted.expiresAt ?? actor.expiresAt,
  };
}

/** Tries to make a key, and uses what comes of it. @returns what surprises */
export async function tryKey(tenant: Tenant, actor: Actor, wanted: Wanted): Promise<string[]> {
  const answer = await call<{ plaintext_api_key: string }>('POST', `${tenant.path}/api-keys`, {
    as: actor.as,
    body: bodyOf(wanted),
  });
  return judge(tenant, actor, { wanted, answer, gate: 'api_keys:write', kind: 'key' }, (from) =>
    ask('GET', '/v1/me', { as: answer.body.plaintext_api_key, from }),
  );
}

/** The same by the login of a device. What it asks for is all that can be approved. */
export async function tryDevice(tenant: Tenant, actor: Actor, wanted: Wanted): Promise<string[]> {
  const { scopes, project, expiresAt } = wanted;
  const what = `let a device have ${JSON.stringify(wanted)}`;
  const handed = { ...handedBy(actor, wanted), addresses: null };
  const own = [tenant.objects.project, tenant.siblings.project];
  const refusals =
    actor.role === null ? ['403 credential_not_accepted' as const] : refusalsOf(actor, handed, own);
  const started = await call<{ session_id: string; poll_token: string }>('POST', LOGINS, {
    body: { scopes, ...(expiresAt !== undefined && { expires_at: expiresAt.toISOString() }) },
  });
  if (started.status !== 201) return verdictOn(actor, what, started, refusals);
  const { session_id: id, poll_token: pollToken } = started.body;
  const answer = await call('POST', `${LOGINS}/${id}/approve`, {
    as: actor.as,
    body: { organization_id: tenant.id, ...(project !== undefined && { project_id: project }) },
  });
  const wrong = verdictOn(actor, what, answer, refusals);
  if (answer.status !== 200) return wrong;
  const as = (await poll({ id, pollToken })).body.plaintext_api_key ?? '';
  const me = await used((from) => ask('GET', '/v1/me', { as, from }), handed);
  return [...wrong, ...excessOf(tenant, actor, what, me, handed)];
}

/** The same with a client and a token of it. */
export async function tryClient(tenant: Tenant, actor: Actor, wanted: Wanted): Promise<string[]> {
  const { expiresAt: _, ...rest } = wanted;
  const answer = await call<{ basic_credential: string }>('POST', `${tenant.path}/oauth-clients`, {
    as: actor.as,
    body: bodyOf(rest),
  });
  const attempt = { wanted: rest, answer, gate: 'oauth_clients:write', kind: 'client' };
  return judge(tenant, actor, attempt, async (from) => {
    const token = await ask<{ access_token: string; expires_in: number }>('POST', '/o/token/', {
      as: `Basic ${answer.body.basic_credential}`,
      form: { grant_type: 'client_credentials' },
      from,
    });
    const end = Date.now() + token.expires_in * 1000;
    const tooLong = actor.expiresAt !== null && end > actor.expiresAt.getTime() + 2000;
    if (tooLong) throw new Error(`a token of ${token.expires_in} s outlives its maker`);
    return ask('GET', '/v1/me', { as: token.access_token, from });
  });
}

/** What is refused to a row, by its code alone. */
const ROW_STATUSES: Readonly<Record<string, number>> = {
  invalid_scope: 400,
  scope_not_allowed_for_project_key: 400,
  expires_in_past: 400,
  scope_exceeds_creator: 403,
  project_not_found: 404,
};

/** The same with a key of another system, which people alone take over. */
export async function tryImport(tenant: Tenant, actor: Actor, wanted: Wanted): Promise<string[]> {
  const { plaintext, row } = foreignKey();
  const { status, text, body, headers } = await call<{
    results?: { code: string | null }[];
    code?: string;
  }>('POST', `${tenant.path}/api-keys/import`, {
    as: actor.as,
    body: { keys: [{ ...row, ...bodyOf(wanted) }] },
  });
  const code = body.results?.[0]?.code ?? body.code ?? null;
  const rowStatus = code === null ? 201 : ROW_STATUSES[code];
  const answer = {
    status: status === 200 ? (rowStatus ?? 500) : status,
    body: { code },
    text,
    headers,
  };
  if (actor.role === null) {
    return verdictOn(actor, 'import a key', answer, ['403 credential_not_accepted']);
  }
  return judge(tenant, actor, { wanted, answer, gate: 'api_keys:write', kind: 'import' }, (from) =>
    ask('GET', '/v1/me', { as: plaintext, from }),
  );
}

interface Attempt {
  readonly wanted: Wanted;
  readonly answer: Answer<unknown>;
  readonly gate: string;
  readonly kind: string;
}

async function judge(
  tenant: Tenant,
  actor: Actor,
  { wanted, answer, gate, kind }: Attempt,
  use: (from: string) => Promise<Me>,
): Promise<string[]> {
  const handed = handedBy(actor, wanted);
  const atGate = refusalAtTheGate(actor, gate);
  const own = [tenant.objects.project, tenant.siblings.project];
  const refusals = atGate === null ? refusalsOf(actor, handed, own) : [atGate];
  const what = `make a ${kind} of ${JSON.stringify(wanted)}`;
  const wrong = verdictOn(actor, what, answer, refusals);
  if (answer.status !== 201 || (kind === 'client' && isForResources(wanted))) return wrong;
  return [...wrong, ...excessOf(tenant, actor, what, await used(use, handed), handed)];
}

/** A client of such scopes alone gets tokens for a resource, and none for Keycap. */
function isForResources({ scopes }: Wanted): boolean {
  return scopes.every((scope) => ['reports:read', 'files:read', 'files:write'].includes(scope));
}

/** From an address within, or not at all where it has none of the fourth kind. */
async function used(
  use: (from: string) => Promise<Me>,
  { addresses }: Handed,
): Promise<Me | string> {
  const [range = '10.1.2.3/32'] = addresses ?? [];
  const from = range.startsWith('::') ? '2001:db8::1' : range.replace(/\.\d+\/\d+$/, '.1');
  return use(from).catch((error: unknown) => String(error));
}

/** What the thing may do that its maker may not. */
function excessOf(
  tenant: Tenant,
  actor: Actor,
  what: string,
  me: Me | string,
  { project }: Handed,
): string[] {
  if (typeof me === 'string') return [`${actor.name}: ${what}: ${me}`];
  const { organization, principal } = me;
  const excess = principal.scopes.filter((scope) => !covers(actor.rights, scope));
  const isElsewhere = organization.id !== tenant.id || principal.project_id !== project;
  return [
    ...excess.map((scope) => `${actor.name}: ${what}: may ${scope}`),
    ...(isElsewhere ? [`${actor.name}: ${what}: is of ${JSON.stringify(principal)}`] : []),
  ];
}
