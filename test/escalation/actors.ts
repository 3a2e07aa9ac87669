import type { Role } from '../../src/access/principal.js';
import { decodeId } from '../../src/access/ids.js';
import { inDatabase } from '../support/keycap.js';
import type { Tenant } from '../isolation/tenant.js';
import { Maker } from '../isolation/tenant.js';
import { MEMBER_SCOPES, READ_SCOPES, rightsIn } from './rights.js';

/** Whoever tries to hand something out, and all that he has himself. */
export interface Actor {
  readonly name: string;
  /** As `CallOptions.as`. */
  readonly as: string;
  /** A person's role; null for a key or token. */
  readonly role: Role | null;
  /** Of a machine; a person of rank has them all. */
  readonly rights: ReadonlySet<string>;
  /** The key's id or the `client_id`. */
  readonly id: string;
  readonly project: string | null;
  readonly addresses: readonly string[] | null;
  /** Of a token: the end of the secret by which its client gets another one. */
  readonly expiresAt: Date | null;
}

/** The addresses of the tests are all within. */
export const BOUND_TO = ['10.0.0.0/8'];
const HOUR_MS = 3_600_000;

/** A dozen sets of scopes: one of each kind of narrowness. */
const SCOPE_SETS: readonly (readonly string[])[] = [
  ['*'],
  ['read'],
  ['write'],
  ['read', 'write'],
  ['api_keys:write'],
  ['api_keys:write', 'read'],
  ['api_keys:write', ...READ_SCOPES],
  ['api_keys:write', 'oauth_clients:write', 'credentials:read'],
  ['oauth_clients:write', 'read', 'write'],
  ['oauth_clients:write', 'api_keys:write', 'introspection', 'audit:read'],
  ['members:write'],
  ['invitations:write', 'projects:write'],
];

/** What a credential of a project can be given at most. */
const OF_PROJECT = ['organizations:read', 'projects:read', 'projects:write', 'credentials:read'];

export async function actorsOf(tenant: Tenant): Promise<readonly Actor[]> {
  const maker = new ActorMaker(tenant);
  const { project } = tenant.objects;
  const everything = ['*'];
  const soon = new Date(Date.now() + HOUR_MS);
  const machines = SCOPE_SETS.flatMap((scopes) => [maker.key(scopes), maker.token(scopes)]);
  return Promise.all([
    maker.person('owner', tenant.owner.session),
    maker.person('admin', tenant.admin.session),
    maker.person('member', tenant.member.session),
    ...machines,
    maker.key(OF_PROJECT, { project }),
    maker.token(OF_PROJECT, { project }),
    maker.smuggledKey(project),
    maker.key(everything, { addresses: BOUND_TO }),
    maker.token(everything, { addresses: BOUND_TO }),
    maker.key(everything, { expiresAt: soon }),
    maker.tokenOfAnEndingSecret(soon),
  ]);
}

type Bounds = Partial<Pick<Actor, 'project' | 'addresses' | 'expiresAt'>>;

class ActorMaker {
  private readonly make: Maker;

  constructor(tenant: Tenant) {
    this.make = Maker.in(tenant);
  }

  person(role: Role, as: string): Promise<Actor> {
    const rights = role === 'member' ? MEMBER_SCOPES : ['*'];
    const name = `the session of a person (${role})`;
    return Promise.resolve({ ...actorWith(rights, {}), name, as, role, id: '' });
  }

  async key(scopes: readonly string[], bounds: Bounds = {}): Promise<Actor> {
    const { project, addresses, expiresAt } = bounds;
    const { id, plaintext } = await this.make.key({
      scopes,
      project_id: project ?? null,
      ip_allowlist: addresses ?? null,
      expires_at: expiresAt?.toISOString() ?? null,
    });
    const name = `a key of ${describe(scopes, bounds)}`;
    return { ...actorWith(scopes, bounds), name, as: plaintext, role: null, id };
  }

  async token(scopes: readonly string[], bounds: Bounds = {}): Promise<Actor> {
    const { project, addresses } = bounds;
    const client = await this.make.client({
      scopes,
      project_id: project ?? null,
      ip_allowlist: addresses ?? null,
    });
    const as = await this.make.token(client.basicCredential);
    const name = `a token of ${describe(scopes, bounds)}`;
    return { ...actorWith(scopes, bounds), name, as, role: null, id: client.id };
  }

  /** By a client that a key made which ends: so does its secret, and what it is good for. */
  async tokenOfAnEndingSecret(expiresAt: Date): Promise<Actor> {
    const bounds = { expiresAt };
    const { as: key } = await this.key(['*'], bounds);
    const client = await this.make.clientAs(key, { scopes: ['*'] });
    const as = await this.make.token(client.basicCredential);
    const name = 'a token of *, by a secret with an end';
    return { ...actorWith(['*'], bounds), name, as, role: null, id: client.id };
  }

  /** A key of a project whose row holds what no such key can be given. */
  async smuggledKey(project: string): Promise<Actor> {
    const key = await this.key(OF_PROJECT, { project });
    await inDatabase(`UPDATE api_keys SET scopes = '{*}' WHERE id = $1`, [
      decodeId('apiKey', key.id),
    ]);
    return { ...key, ...actorWith(['*'], { project }), name: 'a smuggled key of a project' };
  }
}

function actorWith(
  scopes: readonly string[],
  { project = null, addresses = null, expiresAt = null }: Bounds,
): Omit<Actor, 'as' | 'id' | 'name' | 'role'> {
  return { rights: rightsIn(scopes, project !== null), project, addresses, expiresAt };
}

function describe(scopes: readonly string[], { project, addresses, expiresAt }: Bounds): string {
  const bounds = [project && 'a project', addresses && 'addresses', expiresAt && 'an end'];
  return [scopes.join(' '), ...bounds.filter(Boolean)].join(', with ');
}
