import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class LetImportedKeysHaveNoDigest1795344033000 implements MigrationInterface {
  readonly name = 'LetImportedKeysHaveNoDigest1795344033000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "api_keys" ALTER COLUMN "digest" DROP NOT NULL
    `);
  }

  /** Keys that nothing but an imported hash knows can't be used by what was before. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DELETE FROM "api_keys" WHERE "digest" IS NULL
    `);
    await queryRunner.query(`
      ALTER TABLE "api_keys" ALTER COLUMN "digest" SET NOT NULL
    `);
  }
}
