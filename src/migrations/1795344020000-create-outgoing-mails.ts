import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateOutgoingMails1795344020000 implements MigrationInterface {
  readonly name = 'CreateOutgoingMails1795344020000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "outgoing_mails" (
          "id" uuid NOT NULL,
          "kind" text NOT NULL,
          "recipient" text NOT NULL,
          "organization_id" uuid,
          "sealed" bytea,
          "state" text NOT NULL,
          "attempts" integer NOT NULL,
          "next_attempt_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "last_error" text,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "sent_at" TIMESTAMP WITH TIME ZONE,
          "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "outgoing_mails_state" CHECK ("state" IN ('waiting', 'sent', 'failed', 'expired')),
          CONSTRAINT "outgoing_mails_pkey" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "outgoing_mails_due" ON "outgoing_mails" ("next_attempt_at")
      WHERE "state" = 'waiting'
    `);
    await queryRunner.query(`
      ALTER TABLE "outgoing_mails"
      ADD CONSTRAINT "outgoing_mails_organization" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "outgoing_mails"`);
  }
}
