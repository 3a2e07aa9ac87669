import { Cells } from './isolation/cells.js';
import type { World } from './isolation/cells.js';
import { credentialsOf } from './isolation/credentials.js';
import type { TenantRows } from './isolation/foreign-rows.js';
import { rowsOf } from './isolation/foreign-rows.js';
import { OPERATIONS } from './isolation/operations.js';
import { filledOperation, namesIn, namesOf } from './isolation/requests.js';
import type { Tenant } from './isolation/tenant.js';
import { tenantOf } from './isolation/tenant.js';
import { byExtent, someOf, tellSeed } from './support/extent.js';
import { newOrganization } from './support/keycap.js';
import { Description } from './support/openapi.js';

/**
 * Every operation of the API description, asked by every kind of credential of one tenant for its
 * own, another tenant's and absent things. `isolation/operations.ts` says how to add a row.
 */
let description: Description;
let world: World;
let rowsBefore: TenantRows;
let requests = 0;

async function newTenant(): Promise<Tenant> {
  const { id, owner } = await newOrganization();
  return tenantOf({ organizationId: id, session: owner.session });
}

beforeAll(async () => {
  tellSeed();
  description = await Description.of();
  const [own, foreign] = await Promise.all([newTenant(), newTenant()]);
  world = { own, foreign, credentials: await credentialsOf(own, foreign) };
  rowsBefore = await rowsOf(foreign.id);
});

it('S28: has a row for every operation that is described, with every name in it', () => {
  const described = description.operations.map((operation) => [
    operation.operationId,
    namesIn(description, operation),
  ]);
  const listed = Object.entries(OPERATIONS).map(([id, row]) => [id, namesOf(row)]);
  expect(Object.fromEntries(listed)).toStrictEqual(Object.fromEntries(described));
});

it.each(Object.entries(OPERATIONS))(
  'S28, S29, A26, A27, A76: %s tells nobody of another tenant, and acts on nothing of it',
  async (id, row) => {
    const operation = filledOperation(description, id, row);
    const callers = someOf(id, world.credentials);
    const cells = callers.map((credential) => new Cells(world, operation, credential));
    const surprises = await Promise.all(cells.map((each) => each.run()));
    requests += cells.reduce((sum, { count }) => sum + count, 0);
    expect(surprises.flat()).toEqual([]);
  },
);

it('S28: leaves every row of the other tenant as it was', async () => {
  expect(await rowsOf(world.foreign.id)).toStrictEqual(rowsBefore);
  // So much was tried: a matrix that asks nothing finds nothing.
  expect(requests).toBeGreaterThan(byExtent({ quick: 700, thorough: 3000 }));
});
