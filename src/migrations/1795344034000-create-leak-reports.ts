import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateLeakReports1795344034000 implements MigrationInterface {
  readonly name = 'CreateLeakReports1795344034000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "leak_reports" (
          "id" uuid NOT NULL,
          "digests" bytea array NOT NULL,
          "source_url" text,
          "ip" text NOT NULL,
          "request_id" text NOT NULL,
          "reported_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "leak_reports_pkey" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`ALTER TABLE "api_keys" ADD "leaked_at" TIMESTAMP WITH TIME ZONE`);
    await queryRunner.query(`ALTER TABLE "api_keys" ADD "leak_source_url" text`);
    await queryRunner.query(`ALTER TABLE "api_keys" ADD "leak_reported_ip" text`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "api_keys" DROP COLUMN "leak_reported_ip"`);
    await queryRunner.query(`ALTER TABLE "api_keys" DROP COLUMN "leak_source_url"`);
    await queryRunner.query(`ALTER TABLE "api_keys" DROP COLUMN "leaked_at"`);
    await queryRunner.query(`DROP TABLE "leak_reports"`);
  }
}
