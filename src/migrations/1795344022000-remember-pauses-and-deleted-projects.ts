import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class RememberPausesAndDeletedProjects1795344022000 implements MigrationInterface {
  readonly name = 'RememberPausesAndDeletedProjects1795344022000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "api_keys" ADD "paused_with_maker" boolean NOT NULL DEFAULT false
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_clients" ADD "paused_with_maker" boolean NOT NULL DEFAULT false
    `);
    await queryRunner.query(`
      ALTER TABLE "projects" ADD "deleted_at" TIMESTAMP WITH TIME ZONE
    `);
    await queryRunner.query(`
      ALTER TABLE "projects" DROP CONSTRAINT "projects_slug"
    `);
    await queryRunner.query(`
      CREATE UNIQUE INDEX "projects_slug" ON "projects" ("organization_id", "slug")
      WHERE "deleted_at" IS NULL
    `);
  }

  /** What is deleted has no place in the older schema. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DELETE FROM "projects" WHERE "deleted_at" IS NOT NULL
    `);
    await queryRunner.query(`
      DROP INDEX "projects_slug"
    `);
    await queryRunner.query(`
      ALTER TABLE "projects" ADD CONSTRAINT "projects_slug" UNIQUE ("organization_id", "slug")
    `);
    await queryRunner.query(`
      ALTER TABLE "projects" DROP COLUMN "deleted_at"
    `);
    await queryRunner.query(`
      ALTER TABLE "oauth_clients" DROP COLUMN "paused_with_maker"
    `);
    await queryRunner.query(`
      ALTER TABLE "api_keys" DROP COLUMN "paused_with_maker"
    `);
  }
}
