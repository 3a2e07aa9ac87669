import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateMailedLinks1795344023000 implements MigrationInterface {
  readonly name = 'CreateMailedLinks1795344023000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "mailed_links" (
          "id" uuid NOT NULL,
          "purpose" text NOT NULL,
          "user_id" uuid NOT NULL,
          "email" text NOT NULL,
          "digest" bytea NOT NULL,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          "used_at" TIMESTAMP WITH TIME ZONE,
          CONSTRAINT "mailed_links_digest" UNIQUE ("digest"),
          CONSTRAINT "mailed_links_purpose" CHECK ("purpose" IN ('password_reset', 'email_verification')),
          CONSTRAINT "mailed_links_pkey" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "mailed_links_user" ON "mailed_links" ("user_id", "purpose")
    `);
    await queryRunner.query(`
      ALTER TABLE "mailed_links"
      ADD CONSTRAINT "mailed_links_user_id" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "mailed_links"`);
  }
}
