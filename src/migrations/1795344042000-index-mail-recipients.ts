import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class IndexMailRecipients1795344042000 implements MigrationInterface {
  readonly name = 'IndexMailRecipients1795344042000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX "outgoing_mails_by_recipient" ON "outgoing_mails" ("recipient", "id")
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX "outgoing_mails_by_recipient"
    `);
  }
}
