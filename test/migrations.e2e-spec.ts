import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../ormconfig.js';
import { createDatabase, type TestDatabase } from './support/servers.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeEach(async () => {
  database = await createDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** Everything in the schema, as PostgreSQL itself describes it. */
async function schema(): Promise<unknown> {
  const columns: unknown = await dataSource.query(
    `SELECT table_name, column_name, data_type, is_nullable, column_default
     FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`,
  );
  const constraints: unknown = await dataSource.query(
    `SELECT conrelid::regclass::text AS of, conname, pg_get_constraintdef(oid)
     FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`,
  );
  const indexes: unknown = await dataSource.query(
    `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`,
  );
  const functions: unknown = await dataSource.query(
    `SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
  );
  return { columns, constraints, indexes, functions };
}

/** What TypeORM would change to get the schema that the entities describe. */
async function drift(): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}

/** Tables of the schema but TypeORM's own. */
const tables = (): Promise<{ tablename: string }[]> =>
  dataSource.query(
    `SELECT tablename FROM pg_tables
      WHERE schemaname = 'public' AND tablename <> 'keycap_migrations'`,
  );

it('gives the schema that the entities describe: no drift', async () => {
  expect(await drift()).toEqual([]);
});

it('is undone by down, one migration after the other, and done again', async () => {
  const full = await schema();
  for (const migration of dataSource.migrations) {
    const before = await schema();
    await dataSource.undoLastMigration();
    expect([migration.name, await schema()]).not.toEqual([migration.name, before]);
  }
  expect(await tables()).toEqual([]);
  await dataSource.runMigrations();
  expect(await schema()).toEqual(full);
});

it('neither sees drift in partitions of access tokens nor leaves one behind', async () => {
  await dataSource.query(
    'SELECT keycap_attach_token_partition(period) FROM generate_series(500000, 500002) AS period',
  );
  await dataSource.query('ALTER TABLE access_tokens DETACH PARTITION access_tokens_500001');
  expect(await drift()).toEqual([]);
  for (let left = dataSource.migrations.length; left > 0; left--) {
    await dataSource.undoLastMigration();
  }
  expect(await tables()).toEqual([]);
});

it('A59: no migration has text that a template would execute', async () => {
  const folder = resolve(import.meta.dirname, '../src/migrations');
  const files = (await readdir(folder)).filter((name) => name !== 'index.ts');
  expect(files).toHaveLength(dataSource.migrations.length);
  for (const file of files) {
    expect(await readFile(join(folder, file), 'utf8')).not.toContain('${');
  }
});
