import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateApiKeys1795344003000 implements MigrationInterface {
  readonly name = 'CreateApiKeys1795344003000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "api_keys" (
          "id" uuid NOT NULL,
          "organization_id" uuid NOT NULL,
          "project_id" uuid,
          "created_by_user_id" uuid,
          "name" text NOT NULL,
          "digest" bytea NOT NULL,
          "key_prefix" text NOT NULL,
          "scopes" text array NOT NULL,
          "source" text NOT NULL,
          "environment" text NOT NULL,
          "device_name" text,
          "ip_allowlist" text array,
          "rate_limit" jsonb,
          "metadata" jsonb NOT NULL DEFAULT '{}',
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "expires_at" TIMESTAMP WITH TIME ZONE,
          "disabled_at" TIMESTAMP WITH TIME ZONE,
          "revoked_at" TIMESTAMP WITH TIME ZONE,
          "last_used_at" TIMESTAMP WITH TIME ZONE,
          "rotated_from_id" uuid,
          "replaced_by_id" uuid,
          CONSTRAINT "UQ_a2140b1f5fe610cdf82b28ab657" UNIQUE ("digest"),
          CONSTRAINT "PK_5c8a79801b44bd27b79228e1dad" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "IDX_f5de07dbb229225e2be643ff3d" ON "api_keys" ("project_id")
    `);
    await queryRunner.query(`
      CREATE INDEX "IDX_522917da2d9d41d41f7a4e367f" ON "api_keys" ("created_by_user_id")
    `);
    await queryRunner.query(`
      CREATE INDEX "IDX_751e3663c1005cb4ccc93d475c" ON "api_keys" ("organization_id", "id")
    `);
    await queryRunner.query(`
      ALTER TABLE "api_keys"
      ADD CONSTRAINT "FK_a283bdef18876e525aefaec042f" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "api_keys"
      ADD CONSTRAINT "FK_f5de07dbb229225e2be643ff3d0" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "api_keys"
      ADD CONSTRAINT "FK_522917da2d9d41d41f7a4e367f0" FOREIGN KEY ("created_by_user_id") REFERENCES "users"("id") ON DELETE
      SET NULL ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "api_keys"
      ADD CONSTRAINT "FK_925f6fdd84a87db7347fabc4708" FOREIGN KEY ("rotated_from_id") REFERENCES "api_keys"("id") ON DELETE
      SET NULL ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      ALTER TABLE "api_keys"
      ADD CONSTRAINT "FK_32fb82c2577605eda4694eb8335" FOREIGN KEY ("replaced_by_id") REFERENCES "api_keys"("id") ON DELETE
      SET NULL ON UPDATE NO ACTION
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "api_keys" DROP CONSTRAINT "FK_32fb82c2577605eda4694eb8335"
    `);
    await queryRunner.query(`
      ALTER TABLE "api_keys" DROP CONSTRAINT "FK_925f6fdd84a87db7347fabc4708"
    `);
    await queryRunner.query(`
      ALTER TABLE "api_keys" DROP CONSTRAINT "FK_522917da2d9d41d41f7a4e367f0"
    `);
    await queryRunner.query(`
      ALTER TABLE "api_keys" DROP CONSTRAINT "FK_f5de07dbb229225e2be643ff3d0"
    `);
    await queryRunner.query(`
      ALTER TABLE "api_keys" DROP CONSTRAINT "FK_a283bdef18876e525aefaec042f"
    `);
    await queryRunner.query(`
      DROP INDEX "IDX_751e3663c1005cb4ccc93d475c"
    `);
    await queryRunner.query(`
      DROP INDEX "IDX_522917da2d9d41d41f7a4e367f"
    `);
    await queryRunner.query(`
      DROP INDEX "IDX_f5de07dbb229225e2be643ff3d"
    `);
    await queryRunner.query(`
      DROP TABLE "api_keys"
    `);
  }
}
