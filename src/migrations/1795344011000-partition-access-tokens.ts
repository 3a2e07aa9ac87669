import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Access tokens in partitions by the hour that they expire in. The tokens that there are go with the
 * old table: they live for a day at most, and a client that is answered 401 fetches a new one.
 */
export class PartitionAccessTokens1795344011000 implements MigrationInterface {
  readonly name = 'PartitionAccessTokens1795344011000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE "access_tokens"
    `);
    // No foreign key to the client: its check would lock the client's row for every token, and
    // dropping a partition would lock the clients' table.
    await queryRunner.query(`
      CREATE TABLE "access_tokens" (
          "period" integer NOT NULL,
          "digest" bytea NOT NULL,
          "client_id" text NOT NULL,
          "secret_id" uuid,
          "scopes" text array NOT NULL,
          "audience" text,
          "organization_generation" integer NOT NULL,
          "client_generation" integer NOT NULL,
          "secret_generation" integer NOT NULL,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "revoked_at" TIMESTAMP WITH TIME ZONE,
          CONSTRAINT "PK_bf2704ff33496f1962f6a01ba05" PRIMARY KEY ("period", "digest")
      ) PARTITION BY RANGE ("period")
    `);
    // Of several callers one works and the others find it done; the lock's numbers are "KEYC" and
    // one that no other lock of Keycap uses. Attaching a table lets others read and write the rest,
    // which CREATE TABLE ... PARTITION OF would not. The CHECK says what the partition's bounds
    // say: because of it nothing has to be read when it is attached, or added when it is detached.
    await queryRunner.query(`
      CREATE FUNCTION "keycap_attach_token_partition"(period integer) RETURNS void
      LANGUAGE plpgsql AS $$
      DECLARE
        name text := 'access_tokens_' || period;
        bounds text[] := ARRAY[period, period + 1];
      BEGIN
        PERFORM pg_advisory_xact_lock(1262836035, 3);
        IF EXISTS (
          SELECT FROM pg_inherits
           WHERE inhparent = 'access_tokens'::regclass AND inhrelid = to_regclass(name)
        ) THEN
          RETURN;
        END IF;
        EXECUTE format(
          'CREATE TABLE IF NOT EXISTS %I (
             LIKE access_tokens INCLUDING ALL, CHECK (period >= %s AND period < %s)
           )', name, bounds[1], bounds[2]);
        EXECUTE format(
          'ALTER TABLE access_tokens ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
          name, bounds[1], bounds[2]);
      END $$
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP FUNCTION "keycap_attach_token_partition"(integer)
    `);
    await queryRunner.query(`
      DROP TABLE "access_tokens"
    `);
    // Those that were detached, and not dropped any more.
    await queryRunner.query(`
      DO $$
      DECLARE
        detached regclass;
      BEGIN
        FOR detached IN
          SELECT oid FROM pg_class
           WHERE relkind = 'r' AND relname ~ '^access_tokens_[0-9]+$' AND pg_table_is_visible(oid)
        LOOP
          EXECUTE format('DROP TABLE %s', detached);
        END LOOP;
      END $$
    `);
    await queryRunner.query(`
      CREATE TABLE "access_tokens" (
          "digest" bytea NOT NULL,
          "client_id" text NOT NULL,
          "scopes" text array NOT NULL,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "revoked_at" TIMESTAMP WITH TIME ZONE,
          CONSTRAINT "PK_d515c572dd9f2cee23aacde3619" PRIMARY KEY ("digest")
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "IDX_45d8b3be92f43e7f01600443a1" ON "access_tokens" ("client_id")
    `);
    await queryRunner.query(`
      CREATE INDEX "IDX_0804d771350762268fc0b40335" ON "access_tokens" ("expires_at")
    `);
    await queryRunner.query(`
      ALTER TABLE "access_tokens"
      ADD CONSTRAINT "FK_45d8b3be92f43e7f01600443a19" FOREIGN KEY ("client_id") REFERENCES "oauth_clients"("client_id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
  }
}
