import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateExternalIdentities1795344024001 implements MigrationInterface {
  readonly name = 'CreateExternalIdentities1795344024001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "external_identities" (
          "id" uuid NOT NULL,
          "user_id" uuid NOT NULL,
          "issuer" text NOT NULL,
          "subject" text NOT NULL,
          "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
          CONSTRAINT "external_identities_subject" UNIQUE ("issuer", "subject"),
          CONSTRAINT "external_identities_pkey" PRIMARY KEY ("id")
      )
    `);
    await queryRunner.query(`
      CREATE INDEX "external_identities_user_id" ON "external_identities" ("user_id")
    `);
    await queryRunner.query(`
      ALTER TABLE "external_identities"
      ADD CONSTRAINT "external_identities_user" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION
    `);
    await queryRunner.query(`
      CREATE INDEX "organizations_external_id" ON "organizations" (("metadata" ->> 'external_id'))
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "organizations_external_id"`);
    await queryRunner.query(`DROP TABLE "external_identities"`);
  }
}
