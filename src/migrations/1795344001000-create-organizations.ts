import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateOrganizations1795344001000 implements MigrationInterface {
  readonly name = 'CreateOrganizations1795344001000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "invitations" (
          "id" uuid NOT NULL,
          "organization_id" uuid NOT NULL,
          "email" text NOT NULL,
          "role" text NOT NULL,
          "digest" bytea NOT NULL,
          "invited_by_user_id" uuid,
          "invited_by_machine_kind" text,
          "invited_by_machine_id" text,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "accepted_at" TIMESTAMP WITH TIME ZONE,
          "accepted_by_user_id" uuid,
          "revoked_at" TIMESTAMP WITH TIME ZONE,
          "declined_at" TIMESTAMP WITH TIME ZONE,
          "superseded_at" TIMESTAMP WITH TIME ZONE,
          CONSTRAINT "UQ_52f82720e5307559223fc553717" UNIQUE ("digest"),
          CONSTRAINT "PK_5dec98cfdfd562e4ad3648bbb07" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "IDX_42d1dbb4d85dc3643fdc6560af" ON "invitations" ("organization_id")
    `);
    await queryRunner.query(`
      CREATE UNIQUE INDEX "invitations_one_open" ON "invitations" ("organization_id", "email")
      WHERE "accepted_at" IS NULL
          AND "revoked_at" IS NULL
          AND "declined_at" IS NULL
          AND "superseded_at" IS NULL
    `);
    await queryRunner.query(`
      CREATE TABLE "memberships" (
          "id" uuid NOT NULL,
          "organization_id" uuid NOT NULL,
          "user_id" uuid NOT NULL,
          "role" text NOT NULL,
          "status" text NOT NULL,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "memberships_one_each" UNIQUE ("organization_id", "user_id"),
          CONSTRAINT "memberships_status" CHECK ("status" IN ('active', 'paused')),
          CONSTRAINT "memberships_role" CHECK ("role" IN ('owner', 'admin', 'member')),
          CONSTRAINT "PK_25d28bd932097a9e90495ede7b4" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "IDX_7c1e2fdfed4f6838e0c05ae505" ON "memberships" ("user_id")
    `);
    await queryRunner.query(`
      CREATE TABLE "organizations" (
          "id" uuid NOT NULL,
          "name" text NOT NULL,
          "slug" text NOT NULL,
          "metadata" jsonb NOT NULL DEFAULT '{}',
          "policy" jsonb NOT NULL DEFAULT '{}',
          "suspended_at" TIMESTAMP WITH TIME ZONE,
          "suspended_reason" text,
          "deleted_at" TIMESTAMP WITH TIME ZONE,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "organizations_slug" UNIQUE ("slug"),
          CONSTRAINT "PK_6b031fcd0863e3f6b44230163f9" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE TABLE "projects" (
          "id" uuid NOT NULL,
          "organization_id" uuid NOT NULL,
          "name" text NOT NULL,
          "slug" text NOT NULL,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "projects_slug" UNIQUE ("organization_id", "slug"),
          CONSTRAINT "PK_6271df0a7aed1d6c0691ce6ac50" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      ALTER TABLE "invitations"
      ADD CONSTRAINT "FK_42d1dbb4d85dc3643fdc6560af0" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "invitations"
      ADD CONSTRAINT "FK_e686620e08c4661e70a6b39b94a" FOREIGN KEY ("invited_by_user_id") REFERENCES "users"("id") ON DELETE
      SET NULL ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "invitations"
      ADD CONSTRAINT "FK_8f29b080d4120512e9f99f2dbb1" FOREIGN KEY ("accepted_by_user_id") REFERENCES "users"("id") ON DELETE
      SET NULL ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "memberships"
      ADD CONSTRAINT "FK_e5380c394ec7912046d07b54290" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "memberships"
      ADD CONSTRAINT "FK_7c1e2fdfed4f6838e0c05ae5051" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "projects"
      ADD CONSTRAINT "FK_585c8ce06628c70b70100bfb842" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "projects" DROP CONSTRAINT "FK_585c8ce06628c70b70100bfb842"
    `);
    await queryRunner.query(`
      ALTER TABLE "memberships" DROP CONSTRAINT "FK_7c1e2fdfed4f6838e0c05ae5051"
    `);
    await queryRunner.query(`
      ALTER TABLE "memberships" DROP CONSTRAINT "FK_e5380c394ec7912046d07b54290"
    `);
    await queryRunner.query(`
      ALTER TABLE "invitations" DROP CONSTRAINT "FK_8f29b080d4120512e9f99f2dbb1"
    `);
    await queryRunner.query(`
      ALTER TABLE "invitations" DROP CONSTRAINT "FK_e686620e08c4661e70a6b39b94a"
    `);
    await queryRunner.query(`
      ALTER TABLE "invitations" DROP CONSTRAINT "FK_42d1dbb4d85dc3643fdc6560af0"
    `);
    await queryRunner.query(`
      DROP TABLE "projects"
    `);
    await queryRunner.query(`
      DROP TABLE "organizations"
    `);
    await queryRunner.query(`
      DROP INDEX "IDX_7c1e2fdfed4f6838e0c05ae505"
    `);
    await queryRunner.query(`
      DROP TABLE "memberships"
    `);
    await queryRunner.query(`
      DROP INDEX "invitations_one_open"
    `);
    await queryRunner.query(`
      DROP INDEX "IDX_42d1dbb4d85dc3643fdc6560af"
    `);
    await queryRunner.query(`
      DROP TABLE "invitations"
    `);
  }
}
