import type { Role } from '../../src/access/principal.js';
import { inDatabase, newPerson } from '../support/keycap.js';
import { testVariable } from '../support/servers.js';
import { decodeId, newId } from '../../src/access/ids.js';
import type { Member, Tenant } from './tenant.js';
import { Maker } from './tenant.js';

export const CREDENTIAL_NAMES = [
  'nobody',
  'the owner',
  'an admin',
  'a member',
  'a stranger',
  'an admin of both',
  'a key',
  'a key by an admin of both',
  'a key of a project',
  'a token',
  'a token to read and write',
  'a client',
  'a client to read and write',
  'a resource server',
  'an operator',
] as const;
export type CredentialName = (typeof CREDENTIAL_NAMES)[number];

/** Who calls, and what he is to the tenant that is his own. */
export interface Credential {
  readonly name: CredentialName;
  readonly kind: 'nobody' | 'person' | 'machine' | 'client' | 'resource server' | 'operator';
  /** As `CallOptions.as`. */
  readonly as: string | undefined;
  /** Of a person; null where he is no member. */
  readonly role: Role | null;
  readonly person: Member | null;
  /** Of a machine, whether it holds a scope. */
  holds(scope: string): boolean;
  readonly isConfined: boolean;
  /** Belongs to the foreign tenant too. */
  readonly isOfBoth: boolean;
}

const NOTHING = {
  as: undefined,
  role: null,
  person: null,
  holds: () => false,
  isConfined: false,
  isOfBoth: false,
} as const;
const READ_AND_WRITE = /^(?:organizations|members|invitations|projects):(?:read|write)$/;
const PROJECT_SCOPES = ['projects:read', 'projects:write', 'organizations:read'];

/** One of each kind, of the tenant `own`. */
export async function credentialsOf(own: Tenant, foreign: Tenant): Promise<Credential[]> {
  const maker = Maker.in(own);
  const stranger = await newPerson();
  const both = await memberOfBoth(own, foreign);
  const [confined, ofBoth, all, narrow] = await Promise.all([
    maker.key({ scopes: PROJECT_SCOPES, project_id: own.objects.project }),
    new Maker(own.id, both.session, own.url).key({ scopes: ['*'] }),
    maker.client(),
    maker.client({ scopes: ['read', 'write'] }),
  ]);
  const person = (name: CredentialName, role: Role | null, of: Member): Credential => ({
    ...NOTHING,
    ...{ name, kind: 'person', as: of.session, role, person: of },
    isOfBoth: of === both,
  });
  const machine = (
    name: CredentialName,
    as: string,
    holds: (scope: string) => boolean,
  ): Credential => ({ ...NOTHING, name, kind: 'machine', as, holds });
  const client = (
    name: CredentialName,
    basic: string,
    holds: (scope: string) => boolean,
  ): Credential => ({ ...NOTHING, name, kind: 'client', as: `Basic ${basic}`, holds });
  const any = (): boolean => true;
  const readsAndWrites = (scope: string): boolean => READ_AND_WRITE.test(scope);
  const strangerAsMember = { ...stranger, membership: '', sessionId: '' };
  return [
    { ...NOTHING, name: 'nobody', kind: 'nobody' },
    person('the owner', 'owner', own.owner),
    person('an admin', 'admin', own.admin),
    person('a member', 'member', own.member),
    person('a stranger', null, strangerAsMember),
    person('an admin of both', 'admin', both),
    machine('a key', own.key, any),
    { ...machine('a key by an admin of both', ofBoth.plaintext, any) },
    {
      ...machine('a key of a project', confined.plaintext, (scope) =>
        PROJECT_SCOPES.includes(scope),
      ),
      isConfined: true,
    },
    machine('a token', await maker.token(all.basicCredential), any),
    machine('a token to read and write', await maker.token(narrow.basicCredential), readsAndWrites),
    client('a client', own.basicCredential, any),
    client('a client to read and write', narrow.basicCredential, readsAndWrites),
    {
      ...NOTHING,
      name: 'a resource server',
      kind: 'resource server',
      as: testVariable('KEYCAP_TEST_RESOURCE_SERVER_TOKEN'),
    },
    {
      ...NOTHING,
      name: 'an operator',
      kind: 'operator',
      as: testVariable('KEYCAP_TEST_OPERATOR_TOKEN'),
    },
  ];
}

/** An admin of the foreign tenant who is one of the own as well, which takes a proven address. */
async function memberOfBoth(own: Tenant, foreign: Tenant): Promise<Member> {
  const both = await Maker.in(foreign).member('admin');
  const membership = newId();
  await inDatabase(
    `INSERT INTO memberships (id, organization_id, user_id, role, status, created_at, updated_at)
     VALUES ($1, $2, $3, 'admin', 'active', now(), now())`,
    [membership, decodeId('organization', own.id), decodeId('user', both.id)],
  );
  return both;
}
