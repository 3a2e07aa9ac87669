import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class NameDigestsOfKeys1795344033003 implements MigrationInterface {
  readonly name = 'NameDigestsOfKeys1795344033003';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "api_keys"
        RENAME CONSTRAINT "UQ_a2140b1f5fe610cdf82b28ab657" TO "api_keys_digest"
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "api_keys"
        RENAME CONSTRAINT "api_keys_digest" TO "UQ_a2140b1f5fe610cdf82b28ab657"
    `);
  }
}
