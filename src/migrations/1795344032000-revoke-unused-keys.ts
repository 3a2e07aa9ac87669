import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Keys that were handed to a device and have to be used soon. */
export class RevokeUnusedKeys1795344032000 implements MigrationInterface {
  readonly name = 'RevokeUnusedKeys1795344032000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "api_keys" ADD "must_be_used_by" TIMESTAMP WITH TIME ZONE
    `);
    await queryRunner.query(`
      CREATE INDEX "api_keys_unused" ON "api_keys" ("must_be_used_by")
       WHERE "must_be_used_by" IS NOT NULL AND "revoked_at" IS NULL
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // Without the column they would be good for ever.
    await queryRunner.query(`
      UPDATE "api_keys" SET "revoked_at" = "must_be_used_by"
       WHERE "must_be_used_by" <= now() AND "revoked_at" IS NULL
    `);
    await queryRunner.query(`DROP INDEX "api_keys_unused"`);
    await queryRunner.query(`ALTER TABLE "api_keys" DROP COLUMN "must_be_used_by"`);
  }
}
