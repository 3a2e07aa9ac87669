import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateOAuthClients1795344002000 implements MigrationInterface {
  readonly name = 'CreateOAuthClients1795344002000';

  async up(queryRunner: QueryRunner): Promise<void> {
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
      CREATE TABLE "oauth_client_secrets" (
          "id" uuid NOT NULL,
          "client_id" text NOT NULL,
          "digest" bytea NOT NULL,
          "label" text,
          "hint" text NOT NULL,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "expires_at" TIMESTAMP WITH TIME ZONE,
          "revoked_at" TIMESTAMP WITH TIME ZONE,
          "last_used_at" TIMESTAMP WITH TIME ZONE,
          "last_used_ip" text,
          CONSTRAINT "PK_a83999b182de70d3eb4d7c418ee" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "IDX_09ad2925f839033d8680cdc2b1" ON "oauth_client_secrets" ("client_id")
    `);
    await queryRunner.query(`
      CREATE TABLE "oauth_clients" (
          "client_id" text NOT NULL,
          "id" uuid NOT NULL,
          "organization_id" uuid NOT NULL,
          "project_id" uuid,
          "name" text NOT NULL,
          "scopes" text array NOT NULL,
          "token_ttl_seconds" integer NOT NULL,
          "is_active" boolean NOT NULL,
          "created_by_user_id" uuid,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "last_used_at" TIMESTAMP WITH TIME ZONE,
          "deleted_at" TIMESTAMP WITH TIME ZONE,
          CONSTRAINT "PK_c5c4af500cc8bfc05500fff7f90" PRIMARY KEY ("client_id")
      )
    `);
    await queryRunner.query(`
      CREATE UNIQUE INDEX "oauth_clients_by_organization" ON "oauth_clients" ("organization_id", "id")
    `);
    await queryRunner.query(`
      ALTER TABLE "access_tokens"
      ADD CONSTRAINT "FK_45d8b3be92f43e7f01600443a19" FOREIGN KEY ("client_id") REFERENCES "oauth_clients"("client_id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_client_secrets"
      ADD CONSTRAINT "FK_09ad2925f839033d8680cdc2b1e" FOREIGN KEY ("client_id") REFERENCES "oauth_clients"("client_id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_clients"
      ADD CONSTRAINT "FK_e4a3f8f6946ae9469b35b665c7c" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_clients"
      ADD CONSTRAINT "FK_c9e161de3e73947f603283fa177" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_clients"
      ADD CONSTRAINT "FK_94c0523414fb2dfb9f41f52118b" FOREIGN KEY ("created_by_user_id") REFERENCES "users"("id") ON DELETE
      SET NULL ON UPDATE NO ACTION
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "oauth_clients" DROP CONSTRAINT "FK_94c0523414fb2dfb9f41f52118b"
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_clients" DROP CONSTRAINT "FK_c9e161de3e73947f603283fa177"
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_clients" DROP CONSTRAINT "FK_e4a3f8f6946ae9469b35b665c7c"
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_client_secrets" DROP CONSTRAINT "FK_09ad2925f839033d8680cdc2b1e"
    `);
    await queryRunner.query(`
      ALTER TABLE "access_tokens" DROP CONSTRAINT "FK_45d8b3be92f43e7f01600443a19"
    `);
    await queryRunner.query(`
      DROP INDEX "oauth_clients_by_organization"
    `);
    await queryRunner.query(`
      DROP TABLE "oauth_clients"
    `);
    await queryRunner.query(`
      DROP INDEX "IDX_09ad2925f839033d8680cdc2b1"
    `);
    await queryRunner.query(`
      DROP TABLE "oauth_client_secrets"
    `);
    await queryRunner.query(`
      DROP INDEX "IDX_0804d771350762268fc0b40335"
    `);
    await queryRunner.query(`
      DROP INDEX "IDX_45d8b3be92f43e7f01600443a1"
    `);
    await queryRunner.query(`
      DROP TABLE "access_tokens"
    `);
  }
}
