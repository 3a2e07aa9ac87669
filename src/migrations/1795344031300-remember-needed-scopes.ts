import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class RememberNeededScopes1795344031300 implements MigrationInterface {
  readonly name = 'RememberNeededScopes1795344031300';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "api_key_needed_scopes" (
          "key_id" uuid NOT NULL,
          "scope" text NOT NULL,
          "day" date NOT NULL,
          CONSTRAINT "api_key_needed_scopes_pkey" PRIMARY KEY ("key_id", "scope"),
          CONSTRAINT "api_key_needed_scopes_key_id_fkey" FOREIGN KEY ("key_id")
            REFERENCES "api_keys"("id") ON DELETE CASCADE
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE "api_key_needed_scopes"
    `);
  }
}
