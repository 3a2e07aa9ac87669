import { absentObjects } from './isolation/objects.js';
import { allRows } from './isolation/foreign-rows.js';
import { OPERATIONS } from './isolation/operations.js';
import { filledOperation, idsFrom, send } from './isolation/requests.js';
import { tenantOf } from './isolation/tenant.js';
import type { OpenApiDocument } from './support/openapi.js';
import { Description } from './support/openapi.js';
import { ask } from './support/keycap.js';
import type { OwnServer } from './support/own-server.js';
import { startOwnServer } from './support/own-server.js';

let own: OwnServer;

beforeAll(async () => {
  own = await startOwnServer();
});
afterAll(() => own.server.stop());

it('S21: no GET, HEAD or OPTIONS of any route changes a row', async () => {
  const { url, session, organizationId, server } = own;
  const tenant = await tenantOf({ organizationId, session, url });
  const description = new Description(await ask<OpenApiDocument>('GET', '/openapi.json', { url }));
  const reads = description.operations.filter(({ method }) => method === 'get');
  const before = await allRows(server.databaseUrl);
  const statuses: string[] = [];
  for (const { operationId } of reads) {
    const row = OPERATIONS[operationId]!;
    const operation = filledOperation(description, operationId, row);
    for (const as of [session, tenant.key]) {
      for (const method of ['get', 'head', 'options']) {
        for (const objects of [tenant.objects, absentObjects()]) {
          const filling = { as, ids: idsFrom(row, objects) };
          const { status } = await send({ ...operation, method }, tenant, filling);
          statuses.push(`${method} ${Math.floor(status / 100)}`);
        }
      }
    }
  }
  expect(await allRows(server.databaseUrl)).toStrictEqual(before);
  // Most of it was let in: whoever is turned away changes nothing anyway.
  expect(statuses.filter((one) => one === 'get 2').length).toBeGreaterThan(reads.length);
});
