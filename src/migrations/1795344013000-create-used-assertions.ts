import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateUsedAssertions1795344013000 implements MigrationInterface {
  readonly name = 'CreateUsedAssertions1795344013000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "used_client_assertions" (
          "digest" bytea NOT NULL,
          "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "used_client_assertions_pkey" PRIMARY KEY ("digest")
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "used_client_assertions_by_expiry" ON "used_client_assertions" ("expires_at")
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE "used_client_assertions"
    `);
  }
}
