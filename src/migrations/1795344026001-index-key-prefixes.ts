import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class IndexKeyPrefixes1795344026001 implements MigrationInterface {
  readonly name = 'IndexKeyPrefixes1795344026001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX "api_keys_by_prefix" ON "api_keys" ("key_prefix")
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX "api_keys_by_prefix"
    `);
  }
}
