import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class RememberLastUsesOfKeys1795344031100 implements MigrationInterface {
  readonly name = 'RememberLastUsesOfKeys1795344031100';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "api_keys"
        ADD "last_used_ip" text,
        ADD "last_used_user_agent" text
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "api_keys"
        DROP COLUMN "last_used_user_agent",
        DROP COLUMN "last_used_ip"
    `);
  }
}
