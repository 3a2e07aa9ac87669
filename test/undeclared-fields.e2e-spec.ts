import { inLanes } from './escalation/lanes.js';
import { absentObjects } from './isolation/objects.js';
import { OPERATIONS } from './isolation/operations.js';
import type { Filled } from './isolation/requests.js';
import { filledOperation, idsFrom, namesIn } from './isolation/requests.js';
import type { Tenant } from './isolation/tenant.js';
import { tenantOf } from './isolation/tenant.js';
import type { Answer, ErrorBody, Method } from './support/keycap.js';
import { call, newOrganization } from './support/keycap.js';
import { Description } from './support/openapi.js';
import { testVariable } from './support/servers.js';

/**
 * What a body may hold stands in the API description. Whatever else is sent, above all what would
 * make a thing somebody else's, is refused under `/v1` and ignored elsewhere.
 */
const SERVERS_OWN = [
  'id',
  'user_id',
  'owner_id',
  'owner_user_id',
  'created_by',
  'created_by_user_id',
  'organization_id',
  'org_id',
  'tenant_id',
  'source',
  'is_admin',
  'digest',
];
const PROTOTYPES = ['__proto__', 'constructor', 'prototype'];

let description: Description;
let tenant: Tenant;

beforeAll(async () => {
  description = await Description.of();
  const { id, owner } = await newOrganization();
  tenant = await tenantOf({ organizationId: id, session: owner.session });
});

const WRITING = Object.entries(OPERATIONS);

/** Every operation that is no reading, in JSON or as a form. */
function writing(takes: (operation: Filled) => boolean): Filled[] {
  return WRITING.map(([id, row]) => filledOperation(description, id, row))
    .filter(({ method }) => method !== 'get')
    .filter(takes);
}

const isKeycaps = ({ path, takesForm }: Filled): boolean => path.startsWith('/v1/') && !takesForm;
const isTolerant = (operation: Filled): boolean => !isKeycaps(operation) && !operation.takesForm;

/** Who may do it: a person, else a key, a client or an operator. */
function someoneWhoMay({ security }: Filled): string | undefined {
  const takes = (kind: string): boolean => security.some((one) => kind in one);
  if (takes('session')) return tenant.owner.session;
  if (takes('api_key')) return tenant.key;
  if (takes('client')) return `Basic ${tenant.basicCredential}`;
  return takes('operator') ? testVariable('KEYCAP_TEST_OPERATOR_TOKEN') : undefined;
}

/** A good request with one more member. */
function withExtra(
  { method, path, row }: Filled,
  name: string,
  as: string | undefined,
): Promise<Answer<ErrorBody>> {
  const ids = idsFrom(row, tenant.objects);
  const good = row.sending?.(tenant.objects, tenant) ?? {};
  // An entry of any name is a member of its own here, `__proto__` too.
  const body = Object.fromEntries([...Object.entries(good), [name, absentObjects().user]]);
  return call(
    method.toUpperCase() as Method,
    path.replace(/\{(\w+)\}/g, (_, id: string) => ids[id]!),
    {
      ...(as !== undefined && { as }),
      body,
    },
  );
}

const undeclared = (operation: Filled): string[] => {
  const { body } = namesIn(description, operation) as { body: string[] };
  return SERVERS_OWN.filter((name) => !body.includes(name));
};

it('S30, A36: refuses every field under /v1 that the description does not have', async () => {
  const operations = writing(isKeycaps);
  expect(operations.length).toBeGreaterThan(20);
  const surprises = await inLanes(operations, async (operation) => {
    const found: string[] = [];
    for (const name of [...undeclared(operation), ...PROTOTYPES]) {
      const { status, text } = await withExtra(operation, name, someoneWhoMay(operation));
      if (status !== 400) found.push(`${operation.operationId} ${name}: ${status} ${text}`);
    }
    return found;
  });
  expect(surprises).toEqual([]);
});

it('A36: asks for a credential before it looks at a field', async () => {
  const operations = writing(isKeycaps).filter(({ security }) =>
    security.some((one) => Object.keys(one).length > 0),
  );
  const needing = operations.filter(({ security }) =>
    security.every((one) => Object.keys(one).length > 0),
  );
  expect(needing.length).toBeGreaterThan(20);
  for (const operation of needing) {
    for (const name of ['user_id', 'organization_id']) {
      const { status } = await withExtra(operation, name, undefined);
      expect([operation.operationId, name, status]).toEqual([operation.operationId, name, 401]);
    }
  }
});

it('S30: ignores them in the dialects of others, but for what reaches a prototype', async () => {
  const operations = writing(isTolerant).filter(({ method }) => method !== 'delete');
  expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual([
    'introspectTokens',
    'keyoChangeMember',
    'keyoReplaceMember',
  ]);
  for (const operation of operations) {
    for (const name of [...undeclared(operation), ...PROTOTYPES]) {
      const { status } = await withExtra(operation, name, someoneWhoMay(operation));
      const expected = PROTOTYPES.includes(name) ? 400 : 200;
      expect([operation.operationId, name, status]).toEqual([
        operation.operationId,
        name,
        expected,
      ]);
    }
  }
  const path = `${tenant.path}/members/${tenant.member.id}`;
  const { body } = await call<{ member: unknown }>('GET', path, { as: tenant.owner.session });
  expect(body.member).toMatchObject({ id: tenant.member.membership, user_id: tenant.member.id });
});

it('S30: ignores them in forms', async () => {
  const operations = writing(({ takesForm }) => takesForm);
  expect(operations.length).toBeGreaterThan(3);
  for (const { path, row, operationId } of operations) {
    for (const name of [...SERVERS_OWN, ...PROTOTYPES]) {
      const good = row.sending!(tenant.objects, tenant) as Record<string, string>;
      const form = new URLSearchParams({ ...good });
      form.append(name, absentObjects().organization);
      const { status, text } = await call('POST', path, {
        as: `Basic ${tenant.basicCredential}`,
        form: form.toString(),
      });
      expect([operationId, name, status, text]).toEqual([operationId, name, 200, text]);
    }
  }
});
