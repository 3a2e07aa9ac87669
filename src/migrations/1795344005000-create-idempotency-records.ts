import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateIdempotencyRecords1795344005000 implements MigrationInterface {
  readonly name = 'CreateIdempotencyRecords1795344005000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "idempotency_records" (
          "id" bytea NOT NULL,
          "request_digest" bytea NOT NULL,
          "run_id" uuid NOT NULL,
          "started_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "committed_at" TIMESTAMP WITH TIME ZONE,
          "completed_at" TIMESTAMP WITH TIME ZONE,
          "status" integer,
          "body" text,
          "sealed_body" bytea,
          "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "PK_9ae4e93699362b0d4e3da3dd1c2" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "IDX_b3482fdd761179f433dab212e7" ON "idempotency_records" ("expires_at")
    `);
    await queryRunner.query(`
      CREATE INDEX "IDX_18024dc03a593d63e7bd2aea39" ON "idempotency_records" ("completed_at")
      WHERE "sealed_body" IS NOT NULL
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX "IDX_18024dc03a593d63e7bd2aea39"
    `);
    await queryRunner.query(`
      DROP INDEX "IDX_b3482fdd761179f433dab212e7"
    `);
    await queryRunner.query(`
      DROP TABLE "idempotency_records"
    `);
  }
}
