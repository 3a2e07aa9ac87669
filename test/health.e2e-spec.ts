import { call } from './support/keycap.js';
import { createDatabase, startServer } from './support/servers.js';
import { inDatabase } from './support/keycap.js';

it('is alive and ready', async () => {
  for (const path of ['/health/live', '/health/ready']) {
    const { status, body } = await call<unknown>('GET', path);
    expect([status, body]).toEqual([200, { status: 'ok' }]);
  }
});

it('is alive but not ready while the database lacks a migration or is away', async () => {
  const database = await createDatabase();
  const server = await startServer({ database: database.url });
  try {
    const statusOf = async (path: string) => (await call('GET', path, { url: server.url })).status;
    await inDatabase(
      "UPDATE keycap_migrations SET name = 'x' || name WHERE id = 1",
      [],
      database.url,
    );
    expect(await statusOf('/health/ready')).toBe(503);
    await inDatabase(
      'UPDATE keycap_migrations SET name = substr(name, 2) WHERE id = 1',
      [],
      database.url,
    );
    expect(await statusOf('/health/ready')).toBe(200);
    await database.drop();
    const away = await call('GET', '/health/ready', { url: server.url });
    expect([away.status, away.body.code, away.headers.get('retry-after')]).toEqual([
      503,
      'unavailable',
      '1',
    ]);
    expect(await statusOf('/health/live')).toBe(200);
  } finally {
    await server.stop();
    await database.drop();
  }
});
