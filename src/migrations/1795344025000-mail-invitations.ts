import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class MailInvitations1795344025000 implements MigrationInterface {
  readonly name = 'MailInvitations1795344025000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "invitations"
        ADD "mailed_digest" bytea,
        ADD "invited_by_operator" text,
        ADD CONSTRAINT "invitations_mailed_digest" UNIQUE ("mailed_digest")
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "invitations"
        DROP CONSTRAINT "invitations_mailed_digest",
        DROP COLUMN "invited_by_operator",
        DROP COLUMN "mailed_digest"
    `);
  }
}
